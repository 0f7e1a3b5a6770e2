using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using MedInsure.Enrollment.Employers;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Employments;

/// <summary>
/// An employer's declaration as a file, streamed: who starts, stops, retires, and wages, of a month or of a year. Whole or, row by row, in part; once by its request key.
/// What is in already changes nothing, so that a part that was refused may be sent again with the rest, under another key.
/// </summary>
internal sealed class DeclareStaff(string county, string employerNo, string requestKey, string by, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) : CsvImport<StaffRow>
{
    private readonly DateOnly today = calendar.Today;

    public override IReadOnlyList<string> Columns => StaffRow.Columns;

    public override StaffRow? Parse(CsvRow row) => StaffRow.Parse(row, employerNo, today);

    public static Outcome<DeclareStaff> Of(HttpContext http)
    {
        var (key, by) = ((string?)http.Request.Query["request_key"], (string?)http.Request.Query["by"]);
        if (EnrollmentTexts.NoKey(key) is { } noKey) return noKey;
        if (TwoPeople.Name(by, "by") is { } nobody) return nobody;
        return EnrolmentEndpoints.Served(http, county => ActivatorUtilities.CreateInstance<DeclareStaff>(http.RequestServices, county, (string)http.Request.RouteValues["employerNo"]!, key!, by!));
    }

    /// <summary>An employer's own declaration: the rows go the way of a file's, so that the same rules say the same of them.</summary>
    public static async Task<Outcome<DeclareStaffReply>> Execute(NpgsqlDataSource database, string county, DeclareStaffRequest request, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        var holder = await EmployerTokens.Check(database, request.Token, calendar.Today, cancellation);
        if (holder.Refusal is { } stranger) return stranger;
        if (!holder.Value.MayDeclare) return EmployerTokens.ReadsOnly;
        if (EnrollmentTexts.NoKey(request.RequestKey) is { } noKey) return noKey;
        if (request.Row.Count is 0 or > Refusals.BatchMax) return Refusals.TooMany.At("row");
        using var file = new MemoryStream();
        await using (var text = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true))
        await using (var csv = new CsvWriter(text, CultureInfo.InvariantCulture))
        {
            foreach (var column in StaffRow.Columns) csv.WriteField(column);
            await csv.NextRecordAsync();
            foreach (var row in request.Row)
            {
                foreach (var field in (string[])[row.Certno, row.PsnName, row.Action, Month(row.Month), Month(row.LastMonth), row.WageFen == 0 ? "" : new Fen(row.WageFen).ToString(), row.Maternity ? "1" : "", row.Why]) csv.WriteField(field.ReplaceLineEndings(" "));
                await csv.NextRecordAsync();
            }
        }
        file.Position = 0;
        var run = new ImportRun(acceptPartial: false);
        // Another employer's key is another key: who guesses one learns nothing of it.
        var outcome = await CsvFile.Import(file, new DeclareStaff(county, holder.Value.EmployerNo, $"{holder.Value.EmployerNo}:{request.RequestKey}", holder.Value.Name, counties, calendar, bell), run, cancellation: cancellation);
        if (outcome.Refusal is { } refusal) return refusal;
        var reply = new DeclareStaffReply { Changed = outcome.Value.Changed };
        reply.Refused.AddRange(outcome.Value.Errors.Select(e => new RefusedRow { Row = (int)e.Line - 2, Field = e.Column switch { "wage" => "wage_fen", var name => name }, Code = e.Code, Zh = e.Chinese, En = e.English }));
        return reply;

        static string Month(int month) => month == 0 ? "" : month.ToString(CultureInfo.InvariantCulture);
    }

    public override async Task<long> Store(IAsyncEnumerable<StaffRow> rows, ImportRun run, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{employerNo} {run.AcceptPartial}\n"));
        await using var staging = new TenantStaging(counties.Database, StaffRow.Stage, StaffRow.Copy, "enrollment import");
        await staging.Writer(county, cancellation);
        await foreach (var row in rows)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{row.Line},{row.Act},{row.Certno},{row.PsnName},{row.Month},{row.LastMonth},{row.Ended},{row.Wage},{row.Maternity},{row.Why}\n"));
            await row.Write(await staging.Writer(county, cancellation), cancellation);
        }
        await staging.Close(cancellation);
        var staged = staging.Tenants.First();
        if (await staged.Scalar("SELECT count(*) FROM employer WHERE employer_no = $1", cancellation, employerNo) == 0) throw new FileRefusedException(EmploymentRefusals.EmployerUnknown);
        var digest = hash.GetHashAndReset();
        if (await Declarations.Find(staged, requestKey, cancellation) is { } known)
            return known.Digest.AsSpan().SequenceEqual(digest) ? 0 : throw new FileRefusedException(Refusals.RequestKeyReused.At("request_key"));

        var at = calendar.UtcNow;
        var declaration = await Declarations.Open(staged, requestKey, digest, "file", employerNo, run.Rows, by, at, cancellation);
        var changed = await new ApplyStaff(staged, declaration, by, Refuse, at).Run(cancellation);
        if (!run.MayCommit) return 0;
        await Declarations.Close(staged, declaration, changed, 0, cancellation);
        await staging.Commit(cancellation);
        bell.Ring(county, EnrollmentModule.Service);
        return changed;

        void Refuse(long line, Refusal refusal) => run.Reject(line, refusal.Field ?? "", refusal.Code, refusal.Chinese, refusal.English);
    }
}
