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
    private readonly ChinaCalendar calendar = new(time);

    protected override IEnumerable<string> Tenants => databases.TenantsOf(SettlementModule.Service).Where(t => t.IsCity).Select(t => t.Code);

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        await Look(new LedgerPlace(directory.Find(tenant)!, databases.For(tenant, SettlementModule.Service)), PoolEndpoints.CountiesOf(directory, tenant), calendar, stop);
        return false;
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
            foreach (var pool in FundPosition.Of(county.Length > 0 ? flows.FindAll(f => f.County == county) : flows, month, terms, []).Where(p => p.Level.Length > 0))
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"结余{Yuan.Of(pool.HeldFen)}元，可支付{pool.TenthsOfMonths / 10m:0.0}个月，预计年末结余{Yuan.Of(pool.ForecastHeldFen)}元");
                await new FundWarning(county.Length > 0 ? county : city.Tenant.Code, pool.Pool, month, pool.Level, text, "", "", null).Keep(connection, calendar.UtcNow, cancellation);
                count++;
            }
        return count;
    }
}
