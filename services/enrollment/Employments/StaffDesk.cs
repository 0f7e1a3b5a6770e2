using System.Security.Cryptography;
using System.Text.Json;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>One act of a desk on staff: the same rows, rules and statements as a file's, once by its request key.</summary>
internal sealed class StaffDesk(ServedCounties counties, ChinaCalendar calendar, OutboxBell bell)
{
    public DateOnly Today => calendar.Today;

    /// <param name="act">As the history names it.</param>
    /// <param name="content">What the request key stands for: the same key with other content is refused.</param>
    /// <param name="rows">The last one names the employment of the answer.</param>
    /// <returns>The employment as it is now; of a repeated request too.</returns>
    public async Task<Outcome<ListEmployments.Employment>> Do(string county, string act, string? requestKey, string? by, object content, IReadOnlyList<StaffRow> rows, CancellationToken cancellation)
    {
        if (EnrollmentTexts.NoKey(requestKey) is { } noKey) return noKey;
        if (TwoPeople.Name(by, "by") is { } nobody) return nobody;
        var digest = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { act, content }));
        await using var staging = new TenantStaging(counties.Database, StaffRow.Stage, StaffRow.Copy, "enrollment import");
        foreach (var row in rows) await row.Write(await staging.Writer(county, cancellation), cancellation);
        await staging.Close(cancellation);
        var staged = staging.Tenants.First();

        if (await Declarations.Find(staged, requestKey!, cancellation) is { } known)
            return known.Digest.AsSpan().SequenceEqual(digest) ? await Read(county, known.EmploymentNo, cancellation) : Refusals.RequestKeyReused.At("request_key");
        var at = calendar.UtcNow;
        var declaration = await Declarations.Open(staged, requestKey!, digest, act, rows[^1].EmployerNo, rows.Count, by!, at, cancellation);
        Refusal? refused = null;
        var changed = await new ApplyStaff(staged, declaration, by!, (_, refusal) => refused ??= refusal, at).Run(cancellation);
        if (refused is not null) return refused;
        var employment = await staged.Scalar("SELECT employment_no FROM target WHERE line = $1", cancellation, rows[^1].Line);
        await Declarations.Close(staged, declaration, changed, employment, cancellation);
        await staging.Commit(cancellation);
        bell.Ring(county, EnrollmentModule.Service);
        return await Read(county, employment, cancellation);
    }

    public Task<Outcome<ListEmployments.Employment>> Read(string county, long employment, CancellationToken cancellation) => ListEmployments.Get(counties.Database(county), employment, cancellation);

    /// <returns>Why this month may not be told; null: it may.</returns>
    public Refusal? Month(int? month, string field) => month is { } known && EmploymentMonth.IsDeclarable(known, Today) ? null : EmploymentRefusals.MonthInvalid.At(field);

    public static Outcome<Fen> Wage(string? yuan) => Fen.TryParseYuan(yuan ?? "", out var wage) && StaffRow.IsWage(wage) ? wage : EmploymentRefusals.WageInvalid;

    /// <returns>Why the reason does not do; null: it does, or none is needed.</returns>
    public Refusal? Reason(string? why, int firstChanged) => string.IsNullOrEmpty(why)
        ? StaffRow.IsOfThePast(firstChanged, Today) ? EmploymentRefusals.ReasonNeeded : null
        : EnrollmentTexts.NoReason(why);
}
