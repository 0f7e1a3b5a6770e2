using System.Net;
using System.Net.Sockets;
using MedInsure.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>
/// The gateway as it runs, with scripted services behind real gRPC: for what the real services cannot be made to do at will
/// (be away, be slow, break) and for what the gateway sends them. What they answer in truth, the golden tests show.
/// </summary>
public class ScriptedHost : IAsyncLifetime
{
    private WebApplication app = null!;

    public FixedClock Clock { get; } = new();
    public Script Script { get; } = new();
    public HttpClient Http { get; private set; } = null!;
    public const int BodyBytesMax = 64 * 1024;

    /// <summary>1 active, 2 suspended, 3 terminated, 4 out of its agreement's time, 5 signs but is in no registry.</summary>
    public HospitalSystem Hospital(int number = 1, string? county = null) => new(Http, Clock, $"P{number}", $"token-{number}", $"H0000000000{number}", county ?? "230102");

    /// <summary>Configuration over that of every scripted gateway.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = "service-token-of-this-test",
            ["Secrets:GatewaySignIn"] = "sign-in-key-of-this-test",
            ["Gateway:BodyBytesMax"] = $"{BodyBytesMax}",
            ["Gateway:DeadlineSeconds"] = "2",
            // Tests send one after the other, and faster than any provider.
            ["Gateway:Limits:ProviderCallsPerSecond"] = "100000",
        };
        foreach (var (code, city) in new[] { ("230100", "230100"), ("230102", "230100"), ("230103", "230100"), ("341700", "341700"), ("341702", "341700") })
        {
            settings[$"Tenants:{code}:Name"] = code;
            settings[$"Tenants:{code}:City"] = city;
        }
        int gatewayPort = FreePort(), grpcPort = FreePort();
        foreach (var service in new[] { "enrollment", "provider-registry", "settlement", "fraud-audit" }) settings[$"Services:{service}:Address"] = $"http://127.0.0.1:{grpcPort}";
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings).AddInMemoryCollection(Settings);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.AddGateway();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Script);
        builder.Services.AddSingleton<ScriptedSettlement>();
        builder.Services.AddSingleton<ScriptedEnrollment>();
        builder.Services.AddSingleton<ScriptedFraudAudit>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, gatewayPort, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, grpcPort, o => o.Protocols = HttpProtocols.Http2);
        });
        app = builder.Build();
        app.MapPlatform();
        app.MapGateway();
        app.MapGrpcService<ScriptedRegistry>();
        app.MapGrpcService<ScriptedSettlement>();
        app.MapGrpcService<ScriptedEnrollment>();
        app.MapGrpcService<ScriptedFraudAudit>();
        await app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gatewayPort}") };
        await app.Services.GetRequiredService<Reference.ReferenceData>().EnsureAtLeast("230100", providerVersion: 1, cancellation: new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
    }
}
