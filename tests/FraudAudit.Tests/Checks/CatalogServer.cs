using System.Net;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.FraudAudit.Tests.Checks;

/// <summary>A city's registry with a few items and one hospital: W1 for women, with a first payment of a tenth and a ceiling of 20 yuan; D1 a drug of class 01; S1 self-paid.</summary>
public sealed class CatalogServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private CatalogServer(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    public static async Task<CatalogServer> Start()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(o => o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Registry>();
        var app = builder.Build();
        app.MapGrpcService<Registry>();
        await app.StartAsync();
        return new CatalogServer(app);
    }

    /// <summary>The host has the catalog.</summary>
    public static async Task Loaded(AuditHost host)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await host.Services.GetRequiredService<ReferenceData>().EnsureAtLeast(AuditHost.City, catalogVersion: 1, providerVersion: 1, cancellation: patience.Token);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private sealed class Registry : ProviderRegistry.ProviderRegistryBase
    {
        public override Task<Versions> GetVersions(GetVersionsRequest request, Grpc.Core.ServerCallContext context) => Task.FromResult(new Versions { CatalogVersion = 1, ProviderVersion = 1 });
        public override Task<ListDiseasesReply> ListDiseases(ListRowsRequest request, Grpc.Core.ServerCallContext context) => Task.FromResult(new ListDiseasesReply());

        public override Task<ListCatalogItemsReply> ListCatalogItems(ListRowsRequest request, Grpc.Core.ServerCallContext context) =>
            Task.FromResult(new ListCatalogItemsReply { UpToVersion = 1, Item = { Item("W1", "02", 1_000, gend: "2", ceiling: 20_000_000), Item("D1", "01", 0), Item("S1", "03", 10_000) } });

        public override Task<ListProvidersReply> ListProviders(ListRowsRequest request, Grpc.Core.ServerCallContext context) =>
            Task.FromResult(new ListProvidersReply { UpToVersion = 1, Provider = { new Provider { FixmedinsCode = "H1", FixmedinsName = "测试医院", FixmedinsType = "1", HospLv = "05", PolicyLevel = "2", County = "640301", Version = 1 } } });

        private static CatalogItem Item(string code, string lv, int firstPay, string gend = "", long? ceiling = null)
        {
            var item = new CatalogItem { HilistCode = code, HilistName = "项目" + code, ListType = "101", ChrgitmLv = lv, MedChrgitmType = "09", SelfpayBp = firstPay, FromOn = 20200101, GendLimit = gend, AgeMin = -1, AgeMax = -1, MaxQuantityPerDayE4 = -1, MaxDays = -1, Version = 1 };
            if (ceiling is { } c) item.Ceiling2MicroYuan = c;
            return item;
        }
    }
}
