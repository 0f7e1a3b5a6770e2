using MedInsure.Enrollment.Persons;
using MedInsure.Enrollment.Register;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using NpgsqlTypes;

namespace MedInsure.Enrollment.Deaths;

/// <summary>A row of a list of deaths.</summary>
internal sealed record DeathRow(long Line, string Key, string Name, DateOnly DiedOn, string Evidence);

/// <summary>
/// A list of deaths (police, civil affairs, the crematorium): each row is a person's death with its evidence, recorded by whoever sends the list. A row that fits nobody, or another
/// name, is refused; one that is recorded already changes nothing. Where one person has two records, both end.
/// </summary>
internal sealed class ImportDeaths(string county, string by, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) : CsvImport<DeathRow>
{
    private const string Stage = """
        CREATE TEMP TABLE staged (line bigint NOT NULL, key text COLLATE "C" NOT NULL, psn_name text NOT NULL, died_on date NOT NULL, evidence text NOT NULL) ON COMMIT DROP
        """;

    private const string Copy = "COPY staged (line, key, psn_name, died_on, evidence) FROM STDIN (FORMAT BINARY)";

    public override IReadOnlyList<string> Columns => ["certno", "name", "died_on", "evidence"];

    public override DeathRow? Parse(CsvRow row)
    {
        var certno = row.Text("certno", 18).ToUpperInvariant();
        var key = OldAndNewNumber.Key(certno);
        if (certno.Length > 0 && key is null) row.Fail("certno", "person.certno_wrong", "身份证号码格式或校验码错误", "is no resident identity number: form, date or check digit");
        var name = row.Text("name", 50);
        var died = row.Date("died_on");
        if (died > calendar.Today) row.Fail("died_on", "death.day_invalid", "死亡日期晚于今天", "lies after today");
        var evidence = row.Text("evidence", 500);
        return row.HasErrors ? null : new DeathRow(row.Line, key!, name, died!.Value, evidence);
    }

    public override async Task<long> Store(IAsyncEnumerable<DeathRow> rows, ImportRun run, CancellationToken cancellation)
    {
        await using var staging = new TenantStaging(counties.Database, Stage, Copy, "enrollment import");
        await staging.Writer(county, cancellation);
        await foreach (var row in rows)
        {
            var writer = await staging.Writer(county, cancellation);
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
            await writer.WriteAsync(row.Key, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Name, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.DiedOn, NpgsqlDbType.Date, cancellation);
            await writer.WriteAsync(row.Evidence, NpgsqlDbType.Text, cancellation);
        }
        await staging.Close(cancellation);
        var staged = staging.Tenants.First();
        await staged.Reject("SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY key) AS first_line FROM staged) keyed WHERE line <> first_line", "staged", run,
            (line, first) => new(line, "certno", "death.repeated_row", $"与第{first}行是同一人", $"is the same person as line {first}"), cancellation);
        await staged.Run($"""
            CREATE TEMP TABLE matched ON COMMIT DROP AS
                SELECT s.line, s.died_on, s.evidence, s.psn_name, p.psn_no, p.psn_name AS enrolled_name, p.birth_on, p.died_on AS recorded_on
                FROM staged s LEFT JOIN (SELECT *, {OldAndNewNumber.KeySql} AS key FROM person WHERE merged_into IS NULL AND {OldAndNewNumber.IsResidentSql}) p USING (key);
            CREATE INDEX ON matched (line); ANALYZE matched;
            """, cancellation);
        await Refuse("psn_no IS NULL", "certno", Refusals.PersonUnknown);
        await Refuse("psn_name <> enrolled_name", "name", Refusals.NameMismatch);
        await Refuse("died_on < birth_on", "died_on", DeathRefusals.DayInvalid);
        await Refuse("recorded_on <> died_on", "died_on", DeathRefusals.Recorded);
        var held = new HeldCounty(staged.Connection, staged.Transaction);
        var fresh = await held.Rows("SELECT psn_no, died_on FROM matched WHERE recorded_on IS NULL ORDER BY psn_no", r => (PsnNo: r.GetString(0), DiedOn: r.GetFieldValue<DateOnly>(1)), cancellation);
        var homeless = await EndCover.Homeless(held, [.. fresh.Select(f => f.PsnNo)], [.. fresh.Select(f => f.DiedOn)], "", cancellation);
        await Refuse("psn_no = ANY ($1)", "died_on", DeathRefusals.CreditsHomeless, (object)homeless.ToArray());
        if (!run.MayCommit) return 0;

        var at = calendar.UtcNow;
        fresh = await held.Rows("SELECT psn_no, died_on FROM matched WHERE recorded_on IS NULL ORDER BY psn_no", r => (PsnNo: r.GetString(0), DiedOn: r.GetFieldValue<DateOnly>(1)), cancellation);
        await held.Run("INSERT INTO person_death (psn_no, died_on, evidence, recorded_by, recorded_at) SELECT psn_no, died_on, evidence, $1, $2 FROM matched WHERE recorded_on IS NULL", cancellation, by, at.UtcDateTime);
        await RecordDeath.Apply(held, [.. fresh.Select(f => f.PsnNo)], [.. fresh.Select(f => f.DiedOn)], by, at, cancellation);
        await staging.Commit(cancellation);
        bell.Ring(county, EnrollmentModule.Service);
        return fresh.Count;

        // A line whose person has two records is refused once.
        Task<int> Refuse(string where, string column, Refusal refusal, params object[] parameters) =>
            staged.Reject($"SELECT DISTINCT line FROM matched WHERE {where}", "matched", run, (line, _) => new(line, column, refusal.Code, refusal.Chinese, refusal.English), cancellation, parameters);
    }
}
