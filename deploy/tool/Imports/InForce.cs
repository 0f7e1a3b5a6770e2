using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Tool.Imports;

/// <summary>
/// What a city publishes is in force when every county's settlement holds it: until then a bill would still be settled under the version before.
/// </summary>
public static class InForce
{
    /// <returns>The versions that every county of the cities now settles under, or null when that took longer than <paramref name="patience"/>.</returns>
    public static async Task<IReadOnlyList<(string City, Versions Versions)>?> Wait(RunFile run, IEnumerable<string> cities, TimeSpan patience, CancellationToken cancellation)
    {
        using var channel = GrpcChannel.ForAddress(run.Grpc);
        var registry = new ProviderRegistry.ProviderRegistryClient(channel);
        var settlement = new Settlement.SettlementClient(channel);
        var waited = Stopwatch.StartNew();
        var all = new List<(string, Versions)>();
        foreach (var city in cities)
        {
            var published = await registry.GetVersionsAsync(new GetVersionsRequest(), ServiceCall.For(run, city), cancellationToken: cancellation);
            foreach (var county in run.Tenants.Where(t => t.City == city))
                while (!Holds(await StatusOf(settlement, run, county, cancellation), published))
                {
                    if (waited.Elapsed > patience) return null;
                    await Task.Delay(25, cancellation);
                }
            all.Add((city, published));
        }
        return all;
    }

    /// <summary>Null while the county's writer starts or moves.</summary>
    private static async Task<GetStatusReply?> StatusOf(Settlement.SettlementClient settlement, RunFile run, RunTenant county, CancellationToken cancellation)
    {
        try { return await settlement.GetStatusAsync(new GetStatusRequest(), ServiceCall.For(run, county.County), cancellationToken: cancellation); }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable) { return null; }
    }

    private static bool Holds(GetStatusReply? county, Versions published) =>
        county is not null &&
        county.CatalogVersion >= published.CatalogVersion && county.DiseaseVersion >= published.DiseaseVersion && county.ProviderVersion >= published.ProviderVersion;
}

/// <summary>The metadata of a call from this tool to a service: who calls, and for which tenant.</summary>
public static class ServiceCall
{
    public static Metadata For(RunFile run, string tenant)
    {
        var metadata = CallTenant.For(tenant);
        metadata.Add("authorization", $"Bearer {run.ServiceToken}");
        return metadata;
    }
}
