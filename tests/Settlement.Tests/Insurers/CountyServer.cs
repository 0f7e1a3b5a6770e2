using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;
using MedInsure.Settlement.BillChecks;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Supplements;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using AuditClient = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditClient;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>A county's settlement as other services reach it: its rpcs over the wire, without the platform's authentication.</summary>
public sealed class CountyServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly GrpcChannel channel;

    private CountyServer(WebApplication app)
    {
        this.app = app;
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        channel = GrpcChannel.ForAddress(Address);
        Calls = channel.CreateCallInvoker();
        Client = new Client(Calls);
    }

    public CallInvoker Calls { get; }
    public Client Client { get; }
    public string Address { get; }

    /// <summary>The county's process ends.</summary>
    public Task Stop() => app.StopAsync();

    public static async Task<CountyServer> Start(SettlementNode node, AuthorizeBill? asking = null, AuditClient? rules = null, int checkMs = 30_000)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(o => o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(TenantJournals.Of(node.Journal)).AddSingleton(node.Databases).AddSingleton(node.Policies).AddSingleton(new ReferenceData(null!)).AddSingleton(new ChinaCalendar(node.Time))
            .AddSingleton(node.Time).AddSingleton(node.Contracts).AddSingleton(node.EnrollmentClient).AddSingleton<PersonKey>().AddSingleton<PlatformToken>().AddSingleton<Func<PersonKey>>(s => s.GetRequiredService<PersonKey>)
            .AddSingleton<AskedSettlement>().AddSingleton<CheckBill>().AddSingleton(rules ?? new AuditClient(GrpcChannel.ForAddress("http://127.0.0.1:9")));
        // Long enough that a busy machine does not make the rules late.
        builder.Configuration["BillChecks:DeadlineMilliseconds"] = $"{checkMs}";
        if (asking is null) builder.Services.AddSingleton<AuthorizeBill>();
        else builder.Services.AddSingleton(asking); // an instance given is its owner's to dispose of
        var app = builder.Build();
        app.MapGrpcService<SettlementGrpc>();
        app.MapGrpcService<AuditFeedGrpc>();
        await app.StartAsync();
        return new CountyServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        await app.DisposeAsync();
    }
}
