using MedInsure.FraudAudit.RuleSettings;
using MedInsure.FraudAudit.Stock;
using MedInsure.Hosting.Jobs;
using MedInsure.Kernel;
using MedInsure.Reference;
using Npgsql;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>
/// Starts what looks at a month as a whole once the county's settlements have gone past it: a run of the rules over many bills (which another person lets stand, as every run), and the stock rules.
/// The months to run follow from the tables: one without a run of its key. Of several processes one starts it; a run that was dropped is not started again.
/// </summary>
internal sealed class MonthlyRunWorker(AuditedCounties counties, RuleSets rules, AuditRunWorker runs, ReferenceData reference, TimeProvider time, ILogger<MonthlyRunWorker> log) : TenantWork(log, TimeSpan.FromMinutes(10))
{
    public const string By = "系统";
    // Assumed: providers tell of a month's stock, and take back what they settled wrongly, in the first ten days after it.
    private const int DaysAfter = 10;
    // Of a county that brings years with it: what is older is run by hand.
    private const int MonthsBack = 12;

    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override Task<bool> Round(string tenant, CancellationToken stop) => Round(tenant, reference.For(counties.All[tenant].CityCode), stop);

    public async Task<bool> Round(string county, CityReference city, CancellationToken stop)
    {
        var database = counties.Database(county);
        foreach (var month in await ToRun(database, "audit_run", "auto-period-", "true", stop))
        {
            string[] looking = [.. rules.Book.PeriodRules.Select(r => r.Number)];
            var started = await StartAuditRun.Execute(database, rules.Book, new StartAuditRun.Order($"auto-period-{month}", month, month, looking, "月度自动审核", By), null, time.GetUtcNow(), stop);
            if (started.Refusal is { } refusal) log.LogError("tenant {Tenant}: the run of {Month} was not started: {Refusal}", county, month, refusal.Code);
            else runs.Ring(county);
        }
        foreach (var month in await ToRun(database, "stock_run", "auto-stock-", "EXISTS (SELECT FROM stock_movement)", stop))
        {
            var ran = await RunStockRules.Execute(database, rules.Book, await rules.Newest(county, stop), city, new RunStockRules.Order($"auto-stock-{month}", month, By, "月度自动审核"), time.GetUtcNow(), stop);
            if (ran.Refusal is { } refusal) log.LogError("tenant {Tenant}: the stock rules of {Month} were not run: {Refusal}", county, month, refusal.Code);
            else log.LogInformation("tenant {Tenant}: stock rules of {Month}: {Found} found", county, month, ran.Value.Found);
        }
        return false;
    }

    /// <summary>Months (yyyy-MM) that the newest settlement taken in lies beyond, the oldest first, without a run of their key.</summary>
    private static async Task<List<string>> ToRun(NpgsqlDataSource database, string table, string key, string condition, CancellationToken stop)
    {
        // The journal is in the order of time: what was settled in a month is in when something settled well after it is.
        await using var command = database.CreateCommand($"""
            SELECT to_char(month, 'YYYY-MM') FROM (SELECT min(settled_at) AT TIME ZONE 'Asia/Shanghai' AS first, max(settled_at) AT TIME ZONE 'Asia/Shanghai' AS last FROM audit_claim) AS c
            CROSS JOIN generate_series(greatest(date_trunc('month', first), date_trunc('month', last) - make_interval(months => $1)), date_trunc('month', last - make_interval(days => $2)) - interval '1 month', '1 month') AS month
            WHERE {condition} AND NOT EXISTS (SELECT FROM {table} WHERE request_key = '{key}' || to_char(month, 'YYYY-MM')) ORDER BY month
            """);
        foreach (var value in (int[])[MonthsBack, DaysAfter]) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
        var months = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop)) months.Add(reader.GetString(0));
        return months;
    }
}
