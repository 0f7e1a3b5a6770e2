using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.FraudAudit;
using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using AuditClient = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditClient;

namespace MedInsure.Settlement.Tests.BillChecks;

/// <summary>A county with its settlement and its fraud-audit, which is asked over gRPC with its own database and the rules of this release. Item A2 is for women by the city's catalog.</summary>
public sealed class CheckedCounty : IAsyncDisposable
{
    /// <summary>超目录限定人群: certain, and it does not block unless the county says so.</summary>
    public const string PersonRule = "MI10000101051000";

    private const string Password = "test-only-password";
    private readonly WebApplication audit;
    private readonly HttpClient desk;
    private int lastSetting;
    private bool blocks;

    private CheckedCounty(SettlementNode node, WebApplication audit, string address)
    {
        (Node, this.audit) = (node, audit);
        desk = new HttpClient { BaseAddress = new Uri(address), DefaultRequestHeaders = { { "authorization", "Bearer operator-token-of-this-test" } } };
    }

    public SettlementNode Node { get; }
    public AuditClient Rules => audit.Services.GetRequiredService<AuditClient>();

    public static async Task<CheckedCounty> Create(PostgresServer server)
    {
        var node = await SettlementNode.Create(server);
        var tenant = node.Tenant;
        await TenantProvisioning.Provision(server.AdminConnectionString, tenant, FraudAuditModule.Service, Password);
        await MigrationRunner.Apply(server.AdminConnectionString, tenant, FraudAuditModule.Service, typeof(FraudAuditModule).Assembly);
        int http = FreePort(), grpc = FreePort();
        var address = $"http://127.0.0.1:{grpc}";
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = "service-token-of-this-test", ["Secrets:OperatorToken"] = "operator-token-of-this-test",
            [$"Tenants:{tenant.Code}:Name"] = tenant.Name, [$"Tenants:{tenant.Code}:City"] = tenant.CityCode, [$"Tenants:{tenant.Code}:Database"] = server.Address, [$"Tenants:{tenant.CityCode}:Name"] = "测试市",
            [$"Secrets:Database:{tenant.Code}:{FraudAuditModule.Service}"] = Password,
            ["Services:settlement:Address"] = address, ["Services:provider-registry:Address"] = address, ["Services:fraud-audit:Address"] = address,
        });
        builder.AddFraudAudit();
        builder.AddServiceClient<AuditClient>("fraud-audit");
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, http, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, grpc, o => o.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton(new Registry(node.Reference));
        var app = builder.Build();
        app.MapPlatform();
        app.MapFraudAudit();
        app.MapGrpcService<Registry>();
        await app.StartAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await app.Services.GetRequiredService<ReferenceData>().EnsureAtLeast(tenant.CityCode, catalogVersion: 1, cancellation: patience.Token);
        return new CheckedCounty(node, app, $"http://127.0.0.1:{http}");
    }

    /// <summary>The county's rule about persons blocks settlements, or no longer: proposed by one person, approved by another.</summary>
    public async Task Block(bool yes)
    {
        if (blocks == yes) return;
        var settings = $"/audit/{Node.Tenant.Code}/rule-settings";
        var proposed = await Post(settings, new { request_key = $"block-{++lastSetting}", rule = PersonRule, from_on = "2020-01-01", is_on = true, blocks = yes, reason = "测试", proposed_by = "甲" });
        await Post($"{settings}/{proposed.GetProperty("setting_no").GetInt64()}/decision", new { approved = true, approver = "乙" });
        blocks = yes;
    }

    private async Task<JsonElement> Post(string path, object body)
    {
        using var answer = await desk.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    public async ValueTask DisposeAsync()
    {
        desk.Dispose();
        await audit.DisposeAsync();
        await Node.DisposeAsync();
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    /// <summary>The settlement's providers, and its items; one of them for women.</summary>
    private sealed class Registry(CityReference reference) : ProviderRegistry.ProviderRegistryBase
    {
        public override Task<Versions> GetVersions(GetVersionsRequest request, Grpc.Core.ServerCallContext context) => Task.FromResult(new Versions { CatalogVersion = 1, DiseaseVersion = 1, ProviderVersion = 1 });
        public override Task<ListDiseasesReply> ListDiseases(ListRowsRequest request, Grpc.Core.ServerCallContext context) => Task.FromResult(new ListDiseasesReply { UpToVersion = 1 });

        public override Task<ListCatalogItemsReply> ListCatalogItems(ListRowsRequest request, Grpc.Core.ServerCallContext context)
        {
            var reply = new ListCatalogItemsReply { UpToVersion = 1 };
            foreach (var code in (string[])["A1", "A2"])
                reply.Item.Add(new CatalogItem
                {
                    HilistCode = code, HilistName = "项目" + code, ListType = "101", ChrgitmLv = "01", MedChrgitmType = "09", FromOn = 20200101, Version = 1, AgeMin = -1, AgeMax = -1, MaxQuantityPerDayE4 = -1, MaxDays = -1,
                    GendLimit = code == "A2" ? "2" : "",
                });
            return Task.FromResult(reply);
        }

        public override Task<ListProvidersReply> ListProviders(ListRowsRequest request, Grpc.Core.ServerCallContext context)
        {
            var reply = new ListProvidersReply { UpToVersion = 1 };
            foreach (var provider in reference.Providers)
                reply.Provider.Add(new Provider { FixmedinsCode = provider.Code, FixmedinsName = provider.Name, FixmedinsType = provider.Type, HospLv = provider.HospitalLevel, PolicyLevel = provider.Level.Value, County = provider.County, Version = 1 });
            return Task.FromResult(reply);
        }
    }
}

/// <summary>A fraud-audit that is as slow, as broken or as strict as a test wants, over the wire.</summary>
public sealed class ScriptedRules : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Grpc.Net.Client.GrpcChannel channel;

    private ScriptedRules(WebApplication app)
    {
        this.app = app;
        channel = Grpc.Net.Client.GrpcChannel.ForAddress(app.Urls.Single());
        Client = new AuditClient(channel);
    }

    public AuditClient Client { get; }
    public System.Collections.Concurrent.ConcurrentQueue<Protos.FraudAudit.V1.CheckClaimRequest> Asked { get; } = new();
    public Func<Protos.FraudAudit.V1.CheckClaimRequest, CancellationToken, Task<Protos.FraudAudit.V1.CheckClaimReply>> Answer { get; set; } = (_, _) => Task.FromResult(new Protos.FraudAudit.V1.CheckClaimReply());

    public static async Task<ScriptedRules> Start()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(o => o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        ScriptedRules? rules = null;
        builder.Services.AddSingleton(_ => rules!);
        var app = builder.Build();
        app.MapGrpcService<Service>();
        await app.StartAsync();
        return rules = new ScriptedRules(app);
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        await app.DisposeAsync();
    }

    private sealed class Service(ScriptedRules rules) : Protos.FraudAudit.V1.FraudAudit.FraudAuditBase
    {
        public override Task<Protos.FraudAudit.V1.CheckClaimReply> CheckClaim(Protos.FraudAudit.V1.CheckClaimRequest request, Grpc.Core.ServerCallContext context)
        {
            rules.Asked.Enqueue(request);
            return rules.Answer(request, context.CancellationToken);
        }
    }
}
