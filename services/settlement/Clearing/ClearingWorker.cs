using System.Diagnostics.Metrics;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;

namespace MedInsure.Settlement.Clearing;

/// <summary>For each city that this process serves: asks for sums that wait, and exchanges with the counties what people did. Rung after each act at the city.</summary>
internal sealed class ClearingWorker(TenantDatabases databases, CollectClearing collect, ExchangeClearing exchange, ILogger<ClearingWorker> log) : TenantWork(log, TimeSpan.FromSeconds(30))
{
    private static readonly string[] Blocked = ["missing", "differs"];
    private static readonly Meter Meter = new("MedInsure.Clearing");
    private static readonly Gauge<long> Waiting = Meter.CreateGauge<long>("medinsure.clearing.blocked", "{pair}", "Pairs of counties that cannot be cleared, by state: missing (one gives no sums) or differs");

    protected override IEnumerable<string> Tenants => databases.TenantsOf(SettlementModule.Service).Where(t => t.IsCity).Select(t => t.Code);

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        var city = databases.For(tenant, SettlementModule.Service);
        await collect.Run(city, stop);
        await exchange.Run(city, stop);
        await using var connection = await city.OpenConnectionAsync(stop);
        var waiting = (await ClearingPair.InState(connection, Blocked, stop)).ToLookup(p => p.State);
        foreach (var state in Blocked) Waiting.Record(waiting[state].Count(), new KeyValuePair<string, object?>("state", state));
        return false;
    }
}
