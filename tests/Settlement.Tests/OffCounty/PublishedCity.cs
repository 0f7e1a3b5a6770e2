using Grpc.Core;
using MedInsure.Protos.ProviderRegistry.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RegistryBase = MedInsure.Protos.ProviderRegistry.V1.ProviderRegistry.ProviderRegistryBase;

namespace MedInsure.Settlement.Tests.OffCounty;

/// <summary>What a city's registry has published, on the wire: one catalog and the counties' hospitals, as SettlementNode knows them.</summary>
internal sealed class PublishedCity : RegistryBase, IAsyncDisposable
{
    private readonly IReadOnlyList<Provider> providers;
    private WebApplication app = null!;

    private PublishedCity(IReadOnlyList<Provider> providers) => this.providers = providers;

    public string Address => app.Urls.First();

    public static async Task<PublishedCity> Start(params IReadOnlyList<Provider> providers)
    {
        var city = new PublishedCity(providers);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(o => o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(city);
        city.app = builder.Build();
        city.app.MapGrpcService<PublishedCity>();
        await city.app.StartAsync();
        return city;
    }

    public override Task<Versions> GetVersions(GetVersionsRequest request, ServerCallContext context) => Task.FromResult(new Versions { CatalogVersion = 1, DiseaseVersion = 1, ProviderVersion = 1 });

    public override Task<ListCatalogItemsReply> ListCatalogItems(ListRowsRequest request, ServerCallContext context)
    {
        var reply = new ListCatalogItemsReply { UpToVersion = 1 };
        reply.Item.Add(Catalogs.Item("A1", "01", 0, pool: true));
        return Task.FromResult(reply);
    }

    public override Task<ListDiseasesReply> ListDiseases(ListRowsRequest request, ServerCallContext context) => Task.FromResult(new ListDiseasesReply { UpToVersion = 1 });

    public override Task<ListProvidersReply> ListProviders(ListRowsRequest request, ServerCallContext context)
    {
        var reply = new ListProvidersReply { UpToVersion = 1 };
        reply.Provider.AddRange(providers);
        return Task.FromResult(reply);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
