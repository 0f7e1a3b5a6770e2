using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Net.Client;
using MedInsure.Embedded;
using MedInsure.Hosting;
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
using ReportingClient = MedInsure.Protos.Reporting.V1.Reporting.ReportingClient;

namespace MedInsure.Reporting.Tests;

/// <summary>One PostgreSQL for the assembly; every host takes a city that no other has.</summary>
public sealed class ReportingFixture : IAsyncLifetime
{
    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartForTests();
    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <param name="neighbours">Where the services that reporting calls answer; null: nowhere.</param>
    /// <param name="workers">False: nothing is done by itself; the test does it.</param>
    /// <param name="instead">Registers what takes the place of the service's own.</param>
    public Task<ReportingHost> Start(string? neighbours = null, bool workers = false, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? instead = null) =>
        ReportingHost.Start(Server, FreshTenant.City(), neighbours ?? "http://127.0.0.1:9", workers, settings ?? [], instead);
}

[CollectionDefinition("reporting")]
public sealed class ReportingCollection : ICollectionFixture<ReportingFixture>;

/// <summary>The service as it runs for a city with two counties, on free ports.</summary>
public sealed class ReportingHost : IAsyncDisposable
{
    public const string ServiceToken = "service-token-of-this-test", OperatorToken = "operator-token-of-this-test";

    private readonly WebApplication app;
    private readonly GrpcChannel channel;

    private ReportingHost(WebApplication app, Tenant city, SettableTime clock)
    {
        (this.app, City, Clock) = (app, city, clock);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Http = new HttpClient { BaseAddress = new Uri(addresses[0]), Timeout = TimeSpan.FromMinutes(5), DefaultRequestHeaders = { { "authorization", $"Bearer {OperatorToken}" } } };
        channel = GrpcChannel.ForAddress(addresses[1]);
        Client = new ReportingClient(channel);
    }

    public Tenant City { get; }
    /// <summary>The two counties' codes.</summary>
    public string First => City.Code[..4] + "02";
    public string Second => City.Code[..4] + "81";
    public SettableTime Clock { get; }
    public HttpClient Http { get; }
    public ReportingClient Client { get; }
    public NpgsqlDataSource Database => app.Services.GetRequiredService<TenantDatabases>().For(City.Code, ReportingModule.Service);
    public IServiceProvider Services => app.Services;

    public static async Task<ReportingHost> Start(PostgresServer server, string fourDigits, string neighbours, bool workers, Dictionary<string, string?> settings, Action<IServiceCollection>? instead)
    {
        var city = new Tenant(fourDigits + "00", "测试市", fourDigits + "00", new Dictionary<string, string>());
        await FreshTenant.Make(server, city, ReportingModule.Service, $"secret-{city.Code}", typeof(ReportingModule).Assembly);

        var (clock, builder) = (new SettableTime(), WebApplication.CreateBuilder());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = ServiceToken, ["Secrets:OperatorToken"] = OperatorToken,
            [$"Tenants:{city.Code}:Name"] = city.Name, [$"Tenants:{city.Code}:City"] = city.Code, [$"Tenants:{city.Code}:Database"] = server.Address, [$"Secrets:Database:{city.Code}:{ReportingModule.Service}"] = $"secret-{city.Code}",
            [$"Tenants:{fourDigits}02:Name"] = "甲县", [$"Tenants:{fourDigits}02:City"] = city.Code, [$"Tenants:{fourDigits}81:Name"] = "乙县", [$"Tenants:{fourDigits}81:City"] = city.Code,
        });
        foreach (var service in (string[])["settlement", "enrollment", "billing", "fraud-audit", "provider-registry"]) builder.Configuration[$"Services:{service}:Address"] = neighbours;
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.AddReporting();
        instead?.Invoke(builder.Services);
        if (!workers)
            foreach (var service in builder.Services.Where(s => s.ServiceType == typeof(IHostedService) && (s.ImplementationType?.Assembly ?? s.ImplementationFactory?.Method.Module.Assembly) == typeof(ReportingModule).Assembly).ToList())
                builder.Services.Remove(service);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.MapPlatform();
        app.MapReporting();
        await app.StartAsync();
        return new ReportingHost(app, city, clock);
    }

    public Grpc.Core.Metadata Headers(string? tenant = null)
    {
        var headers = CallTenant.For(tenant ?? City.Code);
        headers.Add("authorization", $"Bearer {ServiceToken}");
        return headers;
    }

    public async Task<T> Sql<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default!;
    }

    /// <param name="path">Below /reports/{city}.</param>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Get(string path)
    {
        using var answer = await Http.GetAsync($"/reports/{City.Code}{path}");
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <param name="path">Below /reports/{city}.</param>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync($"/reports/{City.Code}{path}", body);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
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
