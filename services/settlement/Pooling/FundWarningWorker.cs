using System.Diagnostics.Metrics;
using System.Globalization;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>At a city, once all its counties have closed a month: which pools, of the counties and of the city, are at a level of early warning (基金预警). They are on the work list until it is recorded who was told.</summary>
internal sealed class FundWarningWorker(TenantDatabases databases, TenantDirectory directory, TimeProvider time, ILogger<FundWarningWorker> log) : TenantWork(log, TimeSpan.FromMinutes(30))
{
    private static readonly Meter Meter = new("MedInsure.Funds");
    private static readonly Gauge<long> Reserve = Meter.CreateGauge<long>("medinsure.fund.reserve", "{tenth}", "What a pool holds at the last closed month's end, in tenths of a mean month's spending, by city, county (or the city itself) and pool");
    private static readonly Gauge<long> Untold = Meter.CreateGauge<long>("medinsure.fund.untold", "{warning}", "Early warnings of which it is not recorded who was told, by city and level");

    private readonly ChinaCalendar calendar = new(time);

    protected override IEnumerable<string> Tenants => databases.TenantsOf(SettlementModule.Service).Where(t => t.IsCity).Select(t => t.Code);

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        var city = new LedgerPlace(directory.Find(tenant)!, databases.For(tenant, SettlementModule.Service));
        await Look(city, PoolEndpoints.CountiesOf(directory, tenant), calendar, stop);
        if (Untold.Enabled) await CountUntold(city, stop);
        return false;
    }

    private static async Task CountUntold(LedgerPlace city, CancellationToken stop)
    {
        await using var connection = await city.Database.OpenConnectionAsync(stop);
        var untold = (await FundWarning.Read(connection, "WHERE told_at IS NULL", stop)).ToLookup(w => w.Level);
        // Levels without any say 0, so that an alarm ends.
        foreach (var level in PoolTerms.Of(city.Tenant.Code).Warnings.Select(w => w.Level).Union(untold.Select(w => w.Key)))
            Untold.Record(untold[level].Count(), new("city", city.Tenant.Code), new("level", level));
    }

    /// <returns>How many warnings there are of the last month; null: a county has not closed it.</returns>
    public static async Task<int?> Look(LedgerPlace city, IReadOnlyCollection<string> counties, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var end = new DateOnly(calendar.Today.Year, calendar.Today.Month, 1).AddDays(-1);
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using (var command = new NpgsqlCommand("SELECT count(DISTINCT county) FROM county_day WHERE county = ANY ($1) AND day >= $2", connection) { Parameters = { new() { Value = counties.ToArray() }, new() { Value = end } } })
            if ((long)(await command.ExecuteScalarAsync(cancellation))! < counties.Count) return null;
        var month = end.Year * 100 + end.Month;
        var count = 0;
        var (flows, terms) = (await FundFlows.Read(connection, city, "", cancellation), PoolTerms.Of(city.Tenant.Code));
        foreach (var county in counties.Append(""))
            foreach (var pool in FundPosition.Of(county.Length > 0 ? flows.FindAll(f => f.County == county) : flows, month, terms, []))
            {
                if (pool.TenthsOfMonths is { } tenths) Reserve.Record(tenths, new("city", city.Tenant.Code), new("county", county.Length > 0 ? county : city.Tenant.Code), new("pool", pool.Pool));
                if (pool.Level.Length == 0) continue;
                var text = string.Create(CultureInfo.InvariantCulture, $"结余{Yuan.Of(pool.HeldFen)}元，可支付{pool.TenthsOfMonths / 10m:0.0}个月，预计年末结余{Yuan.Of(pool.ForecastHeldFen)}元");
                await new FundWarning(county.Length > 0 ? county : city.Tenant.Code, pool.Pool, month, pool.Level, text, "", "", null).Keep(connection, calendar.UtcNow, cancellation);
                count++;
            }
        return count;
    }
}
