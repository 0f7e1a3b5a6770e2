using System.Security.Cryptography;
using MedInsure.Events;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.ProviderRegistry.Publications;
using NpgsqlTypes;

namespace MedInsure.ProviderRegistry.Providers;

/// <summary>providers.csv of any counties of this process's cities (or of the one chosen). A row replaces what was known of the provider; another agreement_no
/// adds an agreement beside the earlier ones. A new provider gets its credential. Whatever changed is one new version per city.</summary>
internal sealed class ImportProviders(CityChoice choice, TenantDirectory tenants, ChinaCalendar calendar, OutboxBell bell) : CsvImport<ProviderFileRow>
{
    private const int TokenBytes = 32;
    private const int PaasidBytes = 8;

    private const string Stage = """
        CREATE TEMP TABLE staged (
            line bigint NOT NULL, fixmedins_code text COLLATE "C" NOT NULL, fixmedins_name text NOT NULL, fixmedins_type text NOT NULL, hosp_lv text NOT NULL, policy_level text NOT NULL,
            county text NOT NULL, agreement_no text COLLATE "C" NOT NULL, from_on date NOT NULL, to_on date, ownership text NOT NULL
        ) ON COMMIT DROP
        """;

    private const string Copy = """
        COPY staged (line, fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, policy_level, county, agreement_no, ownership, from_on, to_on) FROM STDIN (FORMAT BINARY)
        """;

    private readonly Dictionary<string, string> cityOf = CountiesOf(choice.Cities(), tenants);

    private static Dictionary<string, string> CountiesOf(IReadOnlyList<string> cities, TenantDirectory tenants) =>
        tenants.Counties.Where(t => cities.Contains(t.CityCode)).ToDictionary(t => t.Code, t => t.CityCode);

    public override IReadOnlyList<string> Columns => ProviderFileRow.Columns;

    public override ProviderFileRow? Parse(CsvRow row) => ProviderFileRow.Parse(row, cityOf);

    public override async Task<long> Store(IAsyncEnumerable<ProviderFileRow> rows, ImportRun run, CancellationToken cancellation)
    {
        await using var staging = new TenantStaging(choice.Database, Stage, Copy, Publication.LockName);
        await foreach (var row in rows)
        {
            var writer = await staging.Writer(row.City, cancellation);
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
            foreach (var text in (string[])[row.Code, row.Name, row.Type, row.HospitalLevel, row.PolicyLevel, row.County, row.AgreementNo, row.Ownership])
                await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.AgreementFrom, NpgsqlDbType.Date, cancellation);
            await writer.WriteOrNull(row.AgreementTo, NpgsqlDbType.Date, cancellation);
        }
        await staging.Close(cancellation);
        foreach (var city in staging.Tenants) await Check(city, run, cancellation);
        if (!run.MayCommit) return 0;

        var changed = 0L;
        foreach (var city in staging.Tenants) changed += await Apply(city, cancellation);
        await staging.Commit(cancellation);
        foreach (var city in staging.Tenants) bell.Ring(city.Code, ProviderRegistryModule.Service);
        return changed;
    }

    private static async Task Check(StagedTenant city, ImportRun run, CancellationToken cancellation)
    {
        await city.Reject("""
            SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY fixmedins_code) AS first_line FROM staged) keyed WHERE line <> first_line
            """, "staged", run, (line, first) => new(line, "fixmedins_code", "provider.repeated_row", $"与第{first}行的机构编码相同", $"has the same fixmedins_code as line {first}"), cancellation);
        // Two agreements from the same day would leave open which of them holds.
        await city.Reject("""
            SELECT s.line FROM staged s JOIN agreement a ON a.fixmedins_code = s.fixmedins_code AND a.from_on = s.from_on AND a.agreement_no <> s.agreement_no
            """, "staged", run, (line, _) => new(line, "agreement_from", "agreement.from_day_taken", "该机构另有同日生效的协议", "another agreement of the provider begins on that day"), cancellation);
    }

    private async Task<long> Apply(StagedTenant city, CancellationToken cancellation)
    {
        var at = calendar.UtcNow;
        var version = await Publication.Newest(city.Connection, Publication.Providers, cancellation) + 1;
        await city.Run("""
            CREATE TEMP TABLE changed ON COMMIT DROP AS
                SELECT s.fixmedins_code, p.fixmedins_code IS NULL AS is_new FROM staged s
                LEFT JOIN provider p USING (fixmedins_code)
                LEFT JOIN agreement a ON a.fixmedins_code = s.fixmedins_code AND a.agreement_no = s.agreement_no
                WHERE (s.fixmedins_name, s.fixmedins_type, s.hosp_lv, s.policy_level, s.county, s.ownership, s.from_on, s.to_on)
                    IS DISTINCT FROM (p.fixmedins_name, p.fixmedins_type, p.hosp_lv, p.policy_level, p.county, p.ownership, a.from_on, a.to_on)
            """, cancellation);
        var count = await city.Run("""
            INSERT INTO provider (fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, policy_level, county, ownership, version)
            SELECT fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, policy_level, county, ownership, $1 FROM staged JOIN changed USING (fixmedins_code)
            ON CONFLICT (fixmedins_code) DO UPDATE
            SET fixmedins_name = EXCLUDED.fixmedins_name, fixmedins_type = EXCLUDED.fixmedins_type, hosp_lv = EXCLUDED.hosp_lv, policy_level = EXCLUDED.policy_level,
                county = EXCLUDED.county, ownership = EXCLUDED.ownership, version = EXCLUDED.version
            """, cancellation, version);
        if (count == 0) return 0;
        await city.Run("""
            INSERT INTO agreement (fixmedins_code, agreement_no, from_on, to_on)
            SELECT fixmedins_code, agreement_no, from_on, to_on FROM staged JOIN changed USING (fixmedins_code)
            ON CONFLICT (fixmedins_code, agreement_no) DO UPDATE SET from_on = EXCLUDED.from_on, to_on = EXCLUDED.to_on
            """, cancellation);
        await AddCredentials(city, at, cancellation);
        await Publication.Record(city.Connection, Publication.Providers, version, count, at, cancellation);
        await Outbox.Add(city.Connection, city.Transaction, [OutboxEvent.Of(city.Code, new ProvidersChanged(city.Code, version), at)], cancellation);
        return count;
    }

    private static async Task AddCredentials(StagedTenant city, DateTimeOffset at, CancellationToken cancellation)
    {
        var codes = new List<string>();
        await using (var command = city.Command("SELECT fixmedins_code FROM changed WHERE is_new ORDER BY 1"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) codes.Add(reader.GetString(0));
        await city.Run("INSERT INTO credential (fixmedins_code, paasid, token, created_at) SELECT code, paasid, token, $4 FROM unnest($1, $2, $3) AS c (code, paasid, token)", cancellation,
            codes.ToArray(),
            codes.ConvertAll(_ => "p" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PaasidBytes))).ToArray(),
            codes.ConvertAll(_ => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes))).ToArray(),
            at.UtcDateTime);
    }
}
