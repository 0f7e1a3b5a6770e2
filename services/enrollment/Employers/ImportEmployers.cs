using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using NpgsqlTypes;

namespace MedInsure.Enrollment.Employers;

/// <summary>One row of employers.csv (import-formats.md) that is right in itself.</summary>
internal sealed record EmployerRow(long Line, string EmployerNo, string EmployerName, string Uscc, string County, string Kind, int? Headcount)
{
    public static readonly string[] Columns = ["employer_no", "employer_name", "uscc", "county", "kind", "headcount"];

    // GB 32100: digits and capital letters without I, O, S, V, Z; the last is a check character by powers of 3 modulo 31.
    private const string CreditCodeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    public static EmployerRow? Parse(CsvRow row, IReadOnlySet<string> served)
    {
        var number = row.Text("employer_no", 30);
        var name = row.Text("employer_name", 200);
        var uscc = row.Text("uscc", 18, required: false);
        if (uscc.Length > 0 && !IsCreditCode(uscc)) row.Fail("uscc", "employer.uscc_wrong", "统一社会信用代码格式或校验码错误", "is no unified social credit code: form or check character");
        var county = row.Division("county");
        if (DivisionCode.TryParse(county, out _) && !served.Contains(county))
            row.Fail("county", "import.county_not_served", $"本平台不承办县区{county}", $"county {county} is not served here");
        var kind = row.Text("kind", 30, required: false);
        var headcount = row.Whole("headcount", 0, 10_000_000, required: false);
        return row.HasErrors ? null : new EmployerRow(row.Line, number, name, uscc, county, kind, headcount);
    }

    internal static bool IsCreditCode(string text)
    {
        if (text.Length != 18) return false;
        var (sum, weight) = (0, 1);
        for (var i = 0; i < 17; i++)
        {
            var value = CreditCodeAlphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (value < 0) return false;
            sum += value * weight;
            weight = weight * 3 % 31;
        }
        return CreditCodeAlphabet[(31 - sum % 31) % 31] == text[17];
    }
}

/// <summary>employers.csv of any counties served here. A row replaces what was known of its employer.</summary>
internal sealed class ImportEmployers(ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) : CsvImport<EmployerRow>
{
    private const string Stage = """
        CREATE TEMP TABLE staged (
            line bigint NOT NULL, employer_no text COLLATE "C" NOT NULL, employer_name text NOT NULL, uscc text NOT NULL, county text NOT NULL, kind text NOT NULL, headcount integer
        ) ON COMMIT DROP
        """;

    private const string Copy = "COPY staged (line, employer_no, employer_name, uscc, county, kind, headcount) FROM STDIN (FORMAT BINARY)";

    public override IReadOnlyList<string> Columns => EmployerRow.Columns;

    public override EmployerRow? Parse(CsvRow row) => EmployerRow.Parse(row, counties.Codes);

    public override async Task<long> Store(IAsyncEnumerable<EmployerRow> rows, ImportRun run, CancellationToken cancellation)
    {
        await using var staging = new TenantStaging(counties.Database, Stage, Copy, "enrollment import");
        await foreach (var row in rows)
        {
            var writer = await staging.Writer(row.County, cancellation);
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
            foreach (var text in (string[])[row.EmployerNo, row.EmployerName, row.Uscc, row.County, row.Kind]) await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
            await writer.WriteOrNull(row.Headcount, NpgsqlDbType.Integer, cancellation);
        }
        await staging.Close(cancellation);
        foreach (var county in staging.Tenants) await Check(county, run, cancellation);
        if (!run.MayCommit) return 0;

        var (changed, at) = (0L, calendar.UtcNow);
        foreach (var county in staging.Tenants)
        {
            // The same code may pass from one employer to another within the file: the old holders let go first.
            await county.Run("CREATE TEMP TABLE changed_employer (employer_no text COLLATE \"C\" PRIMARY KEY) ON COMMIT DROP", cancellation);
            await county.Run("""
                INSERT INTO changed_employer
                SELECT s.employer_no FROM staged s LEFT JOIN employer e USING (employer_no)
                WHERE e.employer_no IS NULL OR (e.employer_name, e.uscc, e.county, e.kind, e.headcount) IS DISTINCT FROM (s.employer_name, s.uscc, s.county, s.kind, s.headcount)
                """, cancellation);
            await county.Run("UPDATE employer e SET uscc = '' FROM staged s WHERE s.employer_no = e.employer_no AND e.uscc <> '' AND s.uscc <> e.uscc", cancellation);
            changed += await county.Run("""
                INSERT INTO employer (employer_no, employer_name, uscc, county, kind, headcount)
                SELECT employer_no, employer_name, uscc, county, kind, headcount FROM staged JOIN changed_employer USING (employer_no)
                ON CONFLICT (employer_no) DO UPDATE
                SET employer_name = EXCLUDED.employer_name, uscc = EXCLUDED.uscc, county = EXCLUDED.county, kind = EXCLUDED.kind, headcount = EXCLUDED.headcount, version = employer.version + 1
                """, cancellation);
            await EmployerLedger.Keep(county, null, "employers.csv", "", at, cancellation);
        }
        await staging.Commit(cancellation);
        foreach (var county in staging.Tenants) bell.Ring(county.Code, EnrollmentModule.Service);
        return changed;
    }

    private static async Task Check(StagedTenant county, ImportRun run, CancellationToken cancellation)
    {
        await county.Reject("""
            SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY employer_no) AS first_line FROM staged) keyed WHERE line <> first_line
            """, "staged", run, (line, first) => new(line, "employer_no", "employer.repeated_row", $"与第{first}行的单位编号相同", $"has the same employer_no as line {first}"), cancellation);
        await county.Reject("""
            SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY uscc) AS first_line FROM staged WHERE uscc <> '') keyed WHERE line <> first_line
            """, "staged", run, (line, first) => new(line, "uscc", "employer.uscc_repeated", $"与第{first}行的统一社会信用代码相同", $"has the same uscc as line {first}"), cancellation);
        // A rejected row keeps its old code, which may be the one another row counted on.
        while (await county.Reject("""
            SELECT s.line FROM staged s JOIN employer e ON e.uscc = s.uscc AND e.employer_no <> s.employer_no
            WHERE s.uscc <> '' AND NOT EXISTS (SELECT FROM staged other WHERE other.employer_no = e.employer_no AND other.uscc <> e.uscc)
            """, "staged", run, (line, _) => new(line, "uscc", "employer.uscc_taken", "该统一社会信用代码已登记在另一单位编号下", "the uscc is on file under another employer_no"), cancellation) > 0) { }
    }
}
