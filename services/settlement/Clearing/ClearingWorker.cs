using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;

namespace MedInsure.Settlement.Clearing;

/// <summary>For each city that this process serves: asks for sums that wait, and exchanges with the counties what people did. Rung after each act at the city.</summary>
internal sealed class ClearingWorker(TenantDatabases databases, CollectClearing collect, ExchangeClearing exchange, ILogger<ClearingWorker> log) : TenantWork(log, TimeSpan.FromSeconds(30))
{
    protected override IEnumerable<string> Tenants => databases.TenantsOf(SettlementModule.Service).Where(t => t.IsCity).Select(t => t.Code);

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        var city = databases.For(tenant, SettlementModule.Service);
        await collect.Run(city, stop);
        await exchange.Run(city, stop);
        return false;
    }
}
