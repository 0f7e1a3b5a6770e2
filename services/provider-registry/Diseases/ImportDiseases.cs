using MedInsure.Events;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.ProviderRegistry.Publications;
using NpgsqlTypes;

namespace MedInsure.ProviderRegistry.Diseases;

/// <summary>One row of diseases.csv (import-formats.md) that is right in itself.</summary>
internal sealed record DiseaseFileRow(long Line, string Code, string Name, string Kind, string Insutype, DateOnly From, DateOnly? To, Fen Amount, string Unit)
{
    public static readonly string[] Columns = ["code", "name", "kind", "insutype", "begndate", "enddate", "amount", "unit"];

    private static readonly HashSet<string> Kinds = ["special_outpatient", "chronic_outpatient", "special_outpatient_child", "congenital_heart_child", "per_disease", "per_eye", "delivery"];
    private static readonly HashSet<string> FixedKinds = ["per_disease", "per_eye", "delivery"];
    // national-interface.md section 3.
    private static readonly HashSet<string> Schemes = ["310", "320", "330", "340", "350", "360", "370", "380", "390", "391", "392", "399", "410", "510"];

    public static DiseaseFileRow? Parse(CsvRow row)
    {
        var code = row.Text("code", 30);
        var name = row.Text("name", 300);
        var kind = row.Code("kind", Kinds);
        var scheme = row.Code("insutype", Schemes);
        var from = row.Date("begndate");
        var to = row.Date("enddate", required: false);
        if (to < from) row.Fail("enddate", "disease.ends_before_start", "结束日期早于开始日期", "lies before begndate");
        var amount = row.Money("amount", required: false);
        if (FixedKinds.Contains(kind) && (row["amount"].Length == 0 || amount is { IsZero: true }))
            row.Fail("amount", "disease.amount_missing", "定额病种须有大于0的金额", "a fixed kind needs an amount above 0");
        if (Kinds.Contains(kind) && !FixedKinds.Contains(kind) && amount is { IsZero: false })
            row.Fail("amount", "disease.amount_not_fixed", "非定额病种不得有金额", "only a fixed kind has an amount");
        var unit = row.Text("unit", 30, required: false);
        return row.HasErrors ? null : new DiseaseFileRow(row.Line, code, name, kind, scheme, from!.Value, to, amount ?? Fen.Zero, unit);
    }
}

/// <summary>diseases.csv: publishes one new version per city, of the rows that say something new. Effective at once; nothing new, no version.</summary>
internal sealed class ImportDiseases(CityChoice choice, ChinaCalendar calendar, OutboxBell bell) : CsvImport<DiseaseFileRow>
{
    private const string Values = "code, kind, insutype, from_on, to_on, name, amount_fen, unit";
    private const string Stage = "CREATE TEMP TABLE staged (line bigint NOT NULL, LIKE disease) ON COMMIT DROP; ALTER TABLE staged DROP COLUMN version";
    private const string Copy = $"COPY staged (line, {Values}) FROM STDIN (FORMAT BINARY)";

    private const string Publish = $"""
        INSERT INTO disease ({Values}, version)
        SELECT {Values}, $1 FROM staged s
        WHERE NOT EXISTS (
            SELECT FROM (
                SELECT * FROM disease d WHERE (d.code, d.kind, d.insutype, d.from_on) = (s.code, s.kind, s.insutype, s.from_on) ORDER BY d.version DESC LIMIT 1
            ) d WHERE (d.to_on, d.name, d.amount_fen, d.unit) IS NOT DISTINCT FROM (s.to_on, s.name, s.amount_fen, s.unit))
        """;

    public override IReadOnlyList<string> Columns => DiseaseFileRow.Columns;

    public override DiseaseFileRow? Parse(CsvRow row) => DiseaseFileRow.Parse(row);

    public override async Task<long> Store(IAsyncEnumerable<DiseaseFileRow> rows, ImportRun run, CancellationToken cancellation)
    {
        var cities = choice.Cities();
        await using var staging = new TenantStaging(choice.Database, Stage, Copy, Publication.LockName);
        await foreach (var row in rows)
        {
            if (cities.Count == 0) run.Reject(row.Line, "", "import.city_not_served", "本平台不承办该城市", "the city is not served here");
            foreach (var city in cities)
            {
                var writer = await staging.Writer(city, cancellation);
                await writer.StartRowAsync(cancellation);
                await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
                foreach (var text in (string[])[row.Code, row.Kind, row.Insutype]) await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
                await writer.WriteAsync(row.From, NpgsqlDbType.Date, cancellation);
                await writer.WriteOrNull(row.To, NpgsqlDbType.Date, cancellation);
                await writer.WriteAsync(row.Name, NpgsqlDbType.Text, cancellation);
                await writer.WriteAsync(row.Amount.Value, NpgsqlDbType.Bigint, cancellation);
                await writer.WriteAsync(row.Unit, NpgsqlDbType.Text, cancellation);
            }
        }
        await staging.Close(cancellation);
        foreach (var city in staging.Tenants)
            await city.Reject("""
                SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY code, kind, insutype, from_on) AS first_line FROM staged) keyed WHERE line <> first_line
                """, "staged", run, (line, first) => city == staging.Tenants.First() ? new(line, "code", "disease.repeated_row", $"与第{first}行的代码、类别、险种、开始日期相同", $"has the same code, kind, insutype and begndate as line {first}") : null, cancellation);
        if (!run.MayCommit) return 0;

        var changed = 0L;
        foreach (var city in staging.Tenants)
        {
            var at = calendar.UtcNow;
            var version = await Publication.Newest(city.Connection, Publication.Diseases, cancellation) + 1;
            var rowsChanged = await city.Run(Publish, cancellation, version);
            if (rowsChanged == 0) continue;
            changed += rowsChanged;
            await Publication.Record(city.Connection, Publication.Diseases, version, rowsChanged, at, cancellation);
            await Outbox.Add(city.Connection, city.Transaction, [OutboxEvent.Of(city.Code, new DiseasesPublished(city.Code, version), at)], cancellation);
        }
        await staging.Commit(cancellation);
        foreach (var city in staging.Tenants) bell.Ring(city.Code, ProviderRegistryModule.Service);
        return changed;
    }
}
