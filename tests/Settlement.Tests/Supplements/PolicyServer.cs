using System.Collections.Concurrent;
using System.Security.Cryptography;
using Grpc.Core;
using MedInsure.Protos.Insurer.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MedInsure.Settlement.Tests.Supplements;

/// <summary>
/// An insurer of a supplementary policy, over the wire: one decision per bill as bill.proto says, the same again for the same numbers. It pays half of what is left to the
/// person unless told otherwise; <see cref="Before"/> and <see cref="After"/> make it slow or broken, before or after it has decided.
/// </summary>
public sealed class PolicyServer : IAsyncDisposable
{
    public const string Code = "HM230100";
    private readonly WebApplication app;
    private int lastDecision;

    private PolicyServer(WebApplication app) => this.app = app;

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    public Func<AuthorizeBillRequest, ServerCallContext, Task> Before { get; set; } = (_, _) => Task.CompletedTask;
    public Func<AuthorizeBillRequest, ServerCallContext, Task> After { get; set; } = (_, _) => Task.CompletedTask;
    public Func<AuthorizeBillRequest, long> Pays { get; set; } = r => r.PersonShareFen / 2;
    /// <summary>Changes an answer on its way out.</summary>
    public Action<AuthorizeBillReply> Spoil { get; set; } = _ => { };
    public ConcurrentQueue<AuthorizeBillRequest> Requests { get; } = new();
    public ConcurrentDictionary<string, (long Total, long Person, AuthorizeBillReply Reply)> Decisions { get; } = new();
    public TokenValidationResult? LastToken { get; private set; }
    public ECDsa? PlatformKey { get; set; }

    public static async Task<PolicyServer> Start()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(o => o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        PolicyServer? server = null;
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_ => server!);
        var app = builder.Build();
        app.MapGrpcService<Service>();
        server = new PolicyServer(app);
        await app.StartAsync();
        return server;
    }

    /// <summary>As new.</summary>
    public void Begin()
    {
        (Before, After, Pays, Spoil) = ((_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask, r => r.PersonShareFen / 2, _ => { });
        Requests.Clear();
        Decisions.Clear();
        lastDecision = 0;
    }

    private AuthorizeBillReply Decide(AuthorizeBillRequest request)
    {
        lock (Decisions)
        {
            if (Decisions.TryGetValue(request.BillId, out var known) && known.Total == request.TotalFen && known.Person == request.PersonShareFen) return known.Reply.Clone();
            var reply = new AuthorizeBillReply { DecisionNo = $"D{++lastDecision:D6}", AmountFen = Pays(request), Text = "按保单赔付" };
            Decisions[request.BillId] = (request.TotalFen, request.PersonShareFen, reply);
            return reply.Clone();
        }
    }

    private sealed class Service(PolicyServer server) : SupplementaryPolicy.SupplementaryPolicyBase
    {
        public override async Task<AuthorizeBillReply> AuthorizeBill(AuthorizeBillRequest request, ServerCallContext context)
        {
            server.Requests.Enqueue(request);
            if (server.PlatformKey is { } key)
                server.LastToken = await new JsonWebTokenHandler().ValidateTokenAsync(context.RequestHeaders.GetValue("authorization")!["Bearer ".Length..],
                    new TokenValidationParameters { ValidIssuer = "medinsure", ValidAudience = Code, IssuerSigningKey = new ECDsaSecurityKey(key), ValidAlgorithms = ["ES256"], ValidateLifetime = false });
            await server.Before(request, context);
            var reply = server.Decide(request);
            await server.After(request, context);
            server.Spoil(reply);
            return reply;
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
