using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Net.Client;
using MedInsure.Embedded;
using MedInsure.Hosting;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using AuditClient = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditClient;

namespace MedInsure.FraudAudit.Tests;

/// <summary>One PostgreSQL for the assembly; every host takes a county that no other has.</summary>
public sealed class AuditFixture : IAsyncLifetime
{
    private static int lastCounty = 640_300;

    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartForTests();
    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <param name="neighbours">Where the services that fraud-audit calls answer; null: nowhere.</param>
    /// <param name="workers">False: nothing is done by itself; the test does it. Nor is the outbox sent then: it stays to be looked at.</param>
    /// <param name="instead">Registers what takes the place of the service's own.</param>
    public Task<AuditHost> Start(string? neighbours = null, bool workers = false, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? instead = null) =>
        AuditHost.Start(Server, $"{Interlocked.Increment(ref lastCounty)}", neighbours ?? "http://127.0.0.1:9", workers, settings ?? [], instead);
}

[CollectionDefinition("audit")]
public sealed class AuditCollection : ICollectionFixture<AuditFixture>;

/// <summary>The service as it runs, with its county's database, on free ports.</summary>
public sealed class AuditHost : IAsyncDisposable
{
    public const string City = "640300";
    public const string ServiceToken = "service-token-of-this-test", OperatorToken = "operator-token-of-this-test";

    private readonly WebApplication app;
    private readonly GrpcChannel channel;

    private AuditHost(WebApplication app, Tenant county, SettableTime clock)
    {
        (this.app, County, Clock) = (app, county, clock);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Http = new HttpClient { BaseAddress = new Uri(addresses[0]), Timeout = TimeSpan.FromMinutes(5), DefaultRequestHeaders = { { "authorization", $"Bearer {OperatorToken}" } } };
        channel = GrpcChannel.ForAddress(GrpcAddress = addresses[1]);
        Client = new AuditClient(channel);
        Feed = new Protos.FraudAudit.V1.ReportFeed.ReportFeedClient(channel);
    }

    public Tenant County { get; }
    public SettableTime Clock { get; }
    public HttpClient Http { get; }
    public string GrpcAddress { get; }
    public AuditClient Client { get; }
    public Protos.FraudAudit.V1.ReportFeed.ReportFeedClient Feed { get; }
    public NpgsqlDataSource Database => app.Services.GetRequiredService<TenantDatabases>().For(County.Code, FraudAuditModule.Service);
    public IServiceProvider Services => app.Services;

    public static async Task<AuditHost> Start(PostgresServer server, string county, string neighbours, bool workers, Dictionary<string, string?> settings, Action<IServiceCollection>? instead = null)
    {
        var (clock, tenant) = (new SettableTime(), new Tenant(county, $"测试{county}", City, new Dictionary<string, string>()));
        await FreshTenant.Make(server, tenant, FraudAuditModule.Service, $"secret-{county}", typeof(FraudAuditModule).Assembly);

        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = ServiceToken, ["Secrets:OperatorToken"] = OperatorToken, [$"Tenants:{county}:Name"] = tenant.Name, [$"Tenants:{county}:City"] = City, [$"Tenants:{county}:Database"] = server.Address,
            [$"Secrets:Database:{county}:{FraudAuditModule.Service}"] = $"secret-{county}", [$"Tenants:{City}:Name"] = "测试市",
            ["Services:settlement:Address"] = neighbours, ["Services:provider-registry:Address"] = neighbours,
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.AddFraudAudit();
        instead?.Invoke(builder.Services);
        if (!workers)
            foreach (var service in builder.Services.Where(s => s.ServiceType == typeof(IHostedService)
                && (s.ImplementationType?.Assembly == typeof(FraudAuditModule).Assembly
                    || s.ImplementationFactory?.Method is { } made && (made.Module.Assembly == typeof(FraudAuditModule).Assembly || made.DeclaringType!.DeclaringType == typeof(MessagingRegistration)))).ToList())
                builder.Services.Remove(service);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.MapPlatform();
        app.MapFraudAudit();
        await app.StartAsync();
        return new AuditHost(app, tenant, clock);
    }

    public Grpc.Core.Metadata Headers(string? county = null)
    {
        var headers = CallTenant.For(county ?? County.Code);
        headers.Add("authorization", $"Bearer {ServiceToken}");
        return headers;
    }

    public async Task<T> Sql<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default!;
    }

    /// <param name="path">Below /audit/{county}.</param>
    public Task<(HttpStatusCode Status, JsonElement Body)> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object body) => Send(HttpMethod.Post, path, JsonContent.Create(body));

    /// <summary>A file as the request's body.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body)> Upload(string path, byte[] file) => Send(HttpMethod.Post, path, new ByteArrayContent(file));

    private async Task<(HttpStatusCode, JsonElement)> Send(HttpMethod method, string path, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, $"/audit/{County.Code}{path}") { Content = body };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>Stands still until it is set: 2026-11-22, 10:00 in China.</summary>
public sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 2, 0, 0, TimeSpan.Zero);
    public override DateTimeOffset GetUtcNow() => Now;
}
