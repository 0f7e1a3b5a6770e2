using System.Security.Cryptography;
using System.Text.Json;
using MedInsure.Enrollment.Employments;
using MedInsure.Events;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employers;

/// <summary>Acts on employers, each once by its request key; every change with its history and event in one transaction.</summary>
internal sealed class EmployerLedger(ServedCounties counties, ChinaCalendar calendar, OutboxBell bell)
{
    private const int PerPage = 2_000;

    public DateOnly Today => calendar.Today;

    /// <param name="change">Checks under the lock of imports, and changes the row of the employer; null: done.</param>
    /// <returns>The employer as it is now.</returns>
    public async Task<Outcome<ListEmployers.Employer>> Do(string county, string act, string? requestKey, string employerNo, string? by, string? why, object content, Func<StagedTenant, Task<Refusal?>> change, CancellationToken cancellation)
    {
        if (EnrollmentTexts.NoKey(requestKey) is { } noKey) return noKey;
        if (!EnrollmentTexts.IsText(employerNo, 30)) return EmploymentRefusals.EmployerUnknown;
        if (TwoPeople.Name(by, "by") is { } nobody) return nobody;
        if (why is not null && EnrollmentTexts.NoReason(why) is { } noReason) return noReason;
        var digest = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { act, employerNo, content }));
        await using var staging = new TenantStaging(counties.Database, "CREATE TEMP TABLE changed_employer (employer_no text COLLATE \"C\" NOT NULL) ON COMMIT DROP", "enrollment import");
        var staged = await staging.Open(county, cancellation);
        await staging.Close(cancellation);
        if (await Declarations.Find(staged, requestKey!, cancellation) is { } known)
            return known.Digest.AsSpan().SequenceEqual(digest) ? await ListEmployers.Get(counties.Database(county), employerNo, cancellation) : Refusals.RequestKeyReused.At("request_key");
        var before = await Version(staged, employerNo, cancellation);
        if (await change(staged) is { } refusal) return refusal;
        var at = calendar.UtcNow;
        var changed = await Version(staged, employerNo, cancellation) != before ? 1 : 0;
        var declaration = await Declarations.Open(staged, requestKey!, digest, act, employerNo, 1, by!, at, cancellation);
        await Declarations.Close(staged, declaration, changed, 0, cancellation);
        if (changed > 0)
        {
            await staged.Run("INSERT INTO changed_employer VALUES ($1)", cancellation, employerNo);
            await Keep(staged, declaration, by!.Trim(), why ?? "", at, cancellation);
        }
        await staging.Commit(cancellation);
        bell.Ring(county, EnrollmentModule.Service);
        return await ListEmployers.Get(counties.Database(county), employerNo, cancellation);
    }

    /// <summary>History and events of the employers in table changed_employer.</summary>
    public static async Task Keep(StagedTenant county, long? declaration, string by, string why, DateTimeOffset at, CancellationToken cancellation)
    {
        await county.Run("""
            INSERT INTO employer_step (employer_no, version, declaration_no, acted_by, at, why, employer_name, uscc, kind, closed_on)
            SELECT employer_no, version, nullif($1, 0), $2, $3, $4, employer_name, uscc, kind, closed_on FROM employer JOIN changed_employer USING (employer_no)
            """, cancellation, declaration ?? 0, by, at.UtcDateTime, why);
        for (var after = ""; ;)
        {
            var events = new List<OutboxEvent>();
            await using (var page = county.Command($"""
                SELECT employer_no, employer_name, uscc, county, kind, closed_on, version FROM employer JOIN changed_employer USING (employer_no) WHERE employer_no > $1 ORDER BY employer_no LIMIT {PerPage}
                """, after))
            await using (var r = await page.ExecuteReaderAsync(cancellation))
                while (await r.ReadAsync(cancellation))
                {
                    after = r.GetString(0);
                    events.Add(OutboxEvent.Of(after, new EmployerChanged(after, r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.IsDBNull(5) ? 0 : DayNumber.Of(r.GetFieldValue<DateOnly>(5)), r.GetInt64(6)), at));
                }
            await Outbox.Add(county.Connection, county.Transaction, events, cancellation);
            if (events.Count < PerPage) return;
        }
    }

    /// <returns>Why the code cannot be this employer's; null: it can.</returns>
    public static async Task<Refusal?> CheckCode(StagedTenant staged, string employerNo, string uscc, CancellationToken cancellation) =>
        uscc.Length == 0 ? null
        : !EmployerRow.IsCreditCode(uscc) ? EmployerRefusals.CodeWrong
        : await staged.Scalar("SELECT count(*) FROM employer WHERE uscc = $1 AND employer_no <> $2", cancellation, uscc, employerNo) > 0 ? EmployerRefusals.CodeTaken : null;

    private static Task<long> Version(StagedTenant staged, string employerNo, CancellationToken cancellation) => staged.Scalar("SELECT coalesce(max(version), 0) FROM employer WHERE employer_no = $1", cancellation, employerNo);
}
