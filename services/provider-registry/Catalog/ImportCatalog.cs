using MedInsure.Events;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.ProviderRegistry.Publications;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.ProviderRegistry.Catalog;

/// <summary>catalog.csv: publishes one new version per city, of the rows that say something new. Effective at once; nothing new, no version.</summary>
internal sealed class ImportCatalog(CityChoice choice, ChinaCalendar calendar, OutboxBell bell) : CsvImport<CatalogFileRow>
{
    private const string Values = """
        hilist_code, from_on, to_on, hilist_name, list_type, chrgitm_lv, med_chrgitm_type, selfpay_bp, ceiling_3_micro_yuan, ceiling_2_micro_yuan, ceiling_1_micro_yuan,
        ceiling_community_micro_yuan, min_level, outpatient_pool, gend_limit, age_min, age_max, max_quantity_per_day_e4, max_days
        """;

    private const string Stage = "CREATE TEMP TABLE staged (line bigint NOT NULL, LIKE catalog_item) ON COMMIT DROP; ALTER TABLE staged DROP COLUMN version, DROP COLUMN updated_at";

    private const string Copy = $"COPY staged (line, {Values}) FROM STDIN (FORMAT BINARY)";

    // Of each key the newest row published so far is what a file's row is compared with.
    private const string Publish = $"""
        INSERT INTO catalog_item ({Values}, version, updated_at)
        SELECT {Values}, $1, $2 FROM staged s
        WHERE NOT EXISTS (
            SELECT FROM (SELECT * FROM catalog_item c WHERE c.hilist_code = s.hilist_code AND c.from_on = s.from_on ORDER BY c.version DESC LIMIT 1) c
            WHERE (c.to_on, c.hilist_name, c.list_type, c.chrgitm_lv, c.med_chrgitm_type, c.selfpay_bp, c.ceiling_3_micro_yuan, c.ceiling_2_micro_yuan, c.ceiling_1_micro_yuan,
                   c.ceiling_community_micro_yuan, c.min_level, c.outpatient_pool, c.gend_limit, c.age_min, c.age_max, c.max_quantity_per_day_e4, c.max_days)
                IS NOT DISTINCT FROM
                  (s.to_on, s.hilist_name, s.list_type, s.chrgitm_lv, s.med_chrgitm_type, s.selfpay_bp, s.ceiling_3_micro_yuan, s.ceiling_2_micro_yuan, s.ceiling_1_micro_yuan,
                   s.ceiling_community_micro_yuan, s.min_level, s.outpatient_pool, s.gend_limit, s.age_min, s.age_max, s.max_quantity_per_day_e4, s.max_days))
        """;

    public override IReadOnlyList<string> Columns => CatalogFileRow.Columns;

    public override CatalogFileRow? Parse(CsvRow row) => CatalogFileRow.Parse(row);

    public override async Task<long> Store(IAsyncEnumerable<CatalogFileRow> rows, ImportRun run, CancellationToken cancellation)
    {
        var cities = choice.Cities();
        await using var staging = new TenantStaging(choice.Database, Stage, Copy, Publication.LockName);
        await foreach (var row in rows)
        {
            if (cities.Count == 0) run.Reject(row.Line, "", "import.city_not_served", "本平台不承办该城市", "the city is not served here");
            foreach (var city in cities) await Write(await staging.Writer(city, cancellation), row, cancellation);
        }
        await staging.Close(cancellation);
        // Every city got the same rows: one of them tells what is wrong with the file, all are rid of it.
        foreach (var city in staging.Tenants)
            await city.Reject("""
                SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY hilist_code, from_on) AS first_line FROM staged) keyed WHERE line <> first_line
                """, "staged", run, (line, first) => city == staging.Tenants.First() ? new(line, "hilist_code", "catalog.repeated_row", $"与第{first}行的项目代码、开始日期相同", $"has the same hilist_code and begndate as line {first}") : null, cancellation);
        if (!run.MayCommit) return 0;

        var changed = 0L;
        foreach (var city in staging.Tenants)
        {
            var at = calendar.UtcNow;
            var version = await Publication.Newest(city.Connection, Publication.Catalog, cancellation) + 1;
            await city.Run("ANALYZE staged", cancellation);
            var rowsChanged = await city.Run(Publish, cancellation, version, at.UtcDateTime);
            if (rowsChanged == 0) continue;
            changed += rowsChanged;
            await Publication.Record(city.Connection, Publication.Catalog, version, rowsChanged, at, cancellation);
            await Outbox.Add(city.Connection, city.Transaction, [OutboxEvent.Of(city.Code, new CatalogPublished(city.Code, version), at)], cancellation);
        }
        await staging.Commit(cancellation);
        foreach (var city in staging.Tenants) bell.Ring(city.Code, ProviderRegistryModule.Service);
        return changed;
    }

    private static async Task Write(NpgsqlBinaryImporter writer, CatalogFileRow row, CancellationToken cancellation)
    {
        await writer.StartRowAsync(cancellation);
        await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
        await writer.WriteAsync(row.Code, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.From, NpgsqlDbType.Date, cancellation);
        await writer.WriteOrNull(row.To, NpgsqlDbType.Date, cancellation);
        foreach (var text in (string[])[row.Name, row.ListType, row.Class, row.ChargeItemType]) await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.FirstPay.Value, NpgsqlDbType.Integer, cancellation);
        foreach (var ceiling in (UnitPrice?[])[row.Ceiling3, row.Ceiling2, row.Ceiling1, row.CeilingCommunity]) await writer.WriteOrNull(ceiling?.MicroYuan, NpgsqlDbType.Bigint, cancellation);
        await writer.WriteAsync(row.MinLevel, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(row.OutpatientPool, NpgsqlDbType.Boolean, cancellation);
        await writer.WriteAsync(row.GenderLimit, NpgsqlDbType.Text, cancellation);
        await writer.WriteOrNull(row.AgeMin, NpgsqlDbType.Integer, cancellation);
        await writer.WriteOrNull(row.AgeMax, NpgsqlDbType.Integer, cancellation);
        await writer.WriteOrNull(row.QuantityPerDayMax?.TenThousandths, NpgsqlDbType.Bigint, cancellation);
        await writer.WriteOrNull(row.DaysMax, NpgsqlDbType.Integer, cancellation);
    }
}
