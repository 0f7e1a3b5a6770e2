using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Enrollment.Persons;

/// <summary>
/// persons.csv of any counties served here: staged per county, checked as a whole, applied set-wise, who changed in the outbox (or, of a large file, in
/// changed_persons) of the same transaction. DECISIONS.md says what a repeated row, a left-out category and an empty balance mean.
/// </summary>
internal sealed class ImportPersons(ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) : CsvImport<PersonRow>
{
    private readonly DateOnly today = calendar.Today;
    private readonly RepeatedKeys repeated = new();

    private const string Stage = """
        CREATE TEMP TABLE staged (
            line bigint NOT NULL,
            psn_no text COLLATE "C" NOT NULL,
            psn_cert_type text COLLATE "C" NOT NULL,
            certno text COLLATE "C" NOT NULL,
            psn_name text NOT NULL,
            gend text NOT NULL,
            birth_on date NOT NULL,
            county text NOT NULL,
            household_no text NOT NULL,
            insutype text COLLATE "C" NOT NULL,
            psn_type text NOT NULL,
            categories text[] NOT NULL,
            from_on date NOT NULL,
            to_on date,
            employer_no text NOT NULL,
            account_credit_fen bigint
        ) ON COMMIT DROP
        """;

    private const string Copy = """
        COPY staged (line, psn_no, psn_cert_type, certno, psn_name, gend, birth_on, county, household_no, insutype, psn_type, categories, from_on, to_on, employer_no, account_credit_fen)
        FROM STDIN (FORMAT BINARY)
        """;

    public override IReadOnlyList<string> Columns => PersonRow.Columns;

    public override PersonRow? Parse(CsvRow row) => PersonRow.Parse(row, counties.Codes, today);

    public override async Task<long> Store(IAsyncEnumerable<PersonRow> rows, ImportRun run, CancellationToken cancellation)
    {
        await using var staging = new TenantStaging(counties.Database, Stage, Copy, "enrollment import");
        await foreach (var row in rows)
        {
            repeated.Look(row);
            await Write(await staging.Writer(row.County, cancellation), row, cancellation);
        }
        await staging.Close(cancellation);

        await StagedPersons.CheckFile(staging.Tenants, repeated, run, cancellation);
        // The counties' databases work side by side: each has its own transaction.
        await Parallel.ForEachAsync(staging.Tenants, cancellation, async (county, stop) => await StagedPersons.CheckAgainstStored(county, repeated, run, stop));
        if (!run.MayCommit) return 0;

        var changed = 0L;
        await Parallel.ForEachAsync(staging.Tenants, cancellation, async (county, stop) => Interlocked.Add(ref changed, await ApplyPersons.Apply(county, today, calendar.UtcNow, stop)));
        await staging.Commit(cancellation);
        foreach (var county in staging.Tenants) bell.Ring(county.Code, EnrollmentModule.Service);
        return changed;
    }

    private static async Task Write(NpgsqlBinaryImporter writer, PersonRow row, CancellationToken cancellation)
    {
        await writer.StartRowAsync(cancellation);
        await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
        await writer.WriteAsync(row.PsnNo, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.PsnCertType, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.Certno, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.PsnName, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.Gend, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.BirthOn, NpgsqlDbType.Date, cancellation);
        await writer.WriteAsync(row.County, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.HouseholdNo, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.Insutype, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.PsnType, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.Categories, NpgsqlDbType.Array | NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.FromOn, NpgsqlDbType.Date, cancellation);
        await writer.WriteOrNull(row.ToOn, NpgsqlDbType.Date, cancellation);
        await writer.WriteAsync(row.EmployerNo, NpgsqlDbType.Text, cancellation);
        await writer.WriteOrNull(row.AccountCredit?.Value, NpgsqlDbType.Bigint, cancellation);
    }
}
