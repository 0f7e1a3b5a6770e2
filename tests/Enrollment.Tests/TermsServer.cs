using System.Net;
using Grpc.Core;
using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Enrollment.Tests;

/// <summary>The settlement that enrollment asks, over real gRPC: it answers of contributions from the program's packs, for every county the same.</summary>
public sealed class TermsServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private TermsServer(WebApplication app) => this.app = app;

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<TermsServer> Start(string token)
    {
        var builder = WebApplication.CreateBuilder();
        var settings = new Dictionary<string, string?> { ["Secrets:ServiceToken"] = token, ["Tenants:650200:Name"] = "测试市" };
        // Every county that a host of these tests may take.
        for (var county = 650_201; county <= 650_999; county++) (settings[$"Tenants:{county}:Name"], settings[$"Tenants:{county}:City"]) = ("测试县", "650200");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddPlatform("settlement");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapGrpcService<Rpc>();
        await app.StartAsync();
        return new TermsServer(app);
    }

    /// <summary>The terms of a covered year, as the rpc says them.</summary>
    internal static Outcome<Protos.Settlement.V1.ContributionTerms> Terms(string insutype, int on) =>
        GetContributionTerms.Query(Rpc.County, Rpc.Policies, new GetContributionTermsRequest { Insutype = insutype, On = on });

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    internal sealed class Rpc : Protos.Settlement.V1.Settlement.SettlementBase
    {
        public static readonly Tenant County = new("650201", "测试县", "650200", new Dictionary<string, string> { ["390"] = "guichi/resident", ["380"] = "yongding/ncms", ["310"] = "harbin/employee" });
        public static readonly CountyPolicies Policies = CountyPolicies.Of(PolicyLibrary.LoadEmbedded());

        public override Task<Protos.Settlement.V1.ContributionTerms> GetContributionTerms(GetContributionTermsRequest request, ServerCallContext context) => Task.FromResult(Terms(request.Insutype, request.On).OrThrow());
    }
}
