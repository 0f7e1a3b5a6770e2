using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Net.Client;
using MedInsure.Embedded;
using MedInsure.Hosting;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.ProviderRegistry.Catalog;
using MedInsure.ProviderRegistry.Diseases;
using MedInsure.ProviderRegistry.Doctors;
using MedInsure.ProviderRegistry.Providers;
using MedInsure.ProviderRegistry.Publications;
using MedInsure.Settlement.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RegistryClient = MedInsure.Protos.ProviderRegistry.V1.ProviderRegistry.ProviderRegistryClient;

namespace MedInsure.ProviderRegistry.Tests;

/// <summary>One PostgreSQL for the assembly; every host takes cities that no other has.</summary>
public sealed class RegistryFixture : IAsyncLifetime
{
    private static int lastCity = 6550;

    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartForTests();
    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>Each city has the counties …01 and …02.</summary>
    public async Task<RegistryHost> Start(int cities = 1, Action<WebApplicationBuilder>? configure = null)
    {
        string[] codes = [.. Enumerable.Range(0, cities).Select(_ => $"{Interlocked.Increment(ref lastCity)}00")];
        foreach (var code in codes)
        {
            var tenant = new Tenant(code, $"测试市{code}", code, new Dictionary<string, string>());
            await FreshTenant.Make(Server, tenant, ProviderRegistryModule.Service, $"secret-{code}", typeof(ProviderRegistryModule).Assembly);
        }
        return await RegistryHost.Start(Server, codes, configure);
    }
}

[CollectionDefinition("provider-registry")]
public sealed class RegistryCollection : ICollectionFixture<RegistryFixture>;

/// <summary>The service as it runs, with its cities' databases, on free ports.</summary>
public sealed class RegistryHost : IAsyncDisposable
{
    public const string Token = "service-token-of-this-test";

    private readonly WebApplication app;
    private readonly PostgresServer server;
    private readonly HttpClient http;
    private readonly GrpcChannel channel;

    private RegistryHost(WebApplication app, PostgresServer server, IReadOnlyList<string> cities, SteadyClock clock)
    {
        (this.app, this.server, Cities, Clock) = (app, server, cities, clock);
        var addresses = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        http = new HttpClient { BaseAddress = new Uri(addresses[0]) };
        http.DefaultRequestHeaders.Add("authorization", $"Bearer {Token}");
        GrpcAddress = addresses[1];
        channel = GrpcChannel.ForAddress(GrpcAddress);
        Client = new RegistryClient(channel);
    }

    public IReadOnlyList<string> Cities { get; }
    public string City => Cities[0];
    public string County => CountyOf(City);
    public string GrpcAddress { get; }
    public SteadyClock Clock { get; }
    public RegistryClient Client { get; }
    public IServiceProvider Services => app.Services;

    public static string CountyOf(string city, int number = 1) => $"{city[..4]}{number:D2}";

    /// <param name="configure">Not null: the module as it runs, dispatcher and real clock included. Null: without the dispatcher, so that the outbox stays to be looked at.</param>
    public static async Task<RegistryHost> Start(PostgresServer server, IReadOnlyList<string> cities, Action<WebApplicationBuilder>? configure = null, int grpcPort = 0)
    {
        var clock = new SteadyClock();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(Settings(server, cities));
        if (configure is null)
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.AddPlatform(ProviderRegistryModule.Service);
            builder.Services.AddHttpContextAccessor();
            builder.Services.AddSingleton<CityChoice>();
            builder.Services.AddSingleton<SetAgreementStatus>().AddSingleton<SetDoctorStatus>();
        }
        else
        {
            builder.AddProviderRegistry();
            configure(builder);
        }
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, grpcPort, o => o.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.MapPlatform();
        app.MapProviderRegistry();
        await app.StartAsync();
        var host = new RegistryHost(app, server, cities, clock);
        app.Configuration["Services:provider-registry:Address"] = host.GrpcAddress;
        return host;
    }

    public static Dictionary<string, string?> Settings(PostgresServer server, IReadOnlyList<string> cities)
    {
        var settings = new Dictionary<string, string?> { ["Secrets:ServiceToken"] = Token };
        foreach (var city in cities)
        {
            settings[$"Tenants:{city}:Database"] = server.Address;
            settings[$"Secrets:Database:{city}:{ProviderRegistryModule.Service}"] = $"secret-{city}";
            foreach (var county in (string[])[CountyOf(city), CountyOf(city, 2)]) settings[$"Tenants:{county}:Name"] = county;
        }
        return settings;
    }

    public Grpc.Core.Metadata Headers(string? city = null)
    {
        var headers = CallTenant.For(city ?? City);
        headers.Add("authorization", $"Bearer {Token}");
        return headers;
    }

    /// <summary>POSTs a file as the import tool does and reads the last line of the answer.</summary>
    public async Task<JsonElement> Post(string pathAndQuery, string csv)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var answer = await http.PostAsync(pathAndQuery, content);
        return JsonDocument.Parse((await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n')[^1]).RootElement;
    }

    public Task<ImportResult> Catalog(string csv, bool partial = false) => Import<ImportCatalog, CatalogFileRow>(csv, partial);
    public Task<ImportResult> Diseases(string csv, bool partial = false) => Import<ImportDiseases, DiseaseFileRow>(csv, partial);
    public Task<ImportResult> Doctors(string csv, bool partial = false) => Import<ImportDoctors, DoctorFileRow>(csv, partial);
    public Task<ImportResult> Providers(string csv, bool partial = false) => Import<ImportProviders, ProviderFileRow>(csv, partial);

    /// <summary>Imports without HTTP, as another process would.</summary>
    private async Task<ImportResult> Import<TImport, TRow>(string csv, bool partial) where TImport : CsvImport<TRow> where TRow : class
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var outcome = await CsvFile.Import(file, ActivatorUtilities.CreateInstance<TImport>(app.Services), new ImportRun(partial));
        return outcome.Refusal is { } refusal ? throw new InvalidOperationException(refusal.Code) : outcome.Value;
    }

    public async Task<T> Sql<T>(string sql, string? city = null)
    {
        await using var command = app.Services.GetRequiredService<TenantDatabases>().For(city ?? City, ProviderRegistryModule.Service).CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>As if a backup of before this version had been restored.</summary>
    public async Task LoseVersion(string table, long version)
    {
        await using var connection = new Npgsql.NpgsqlConnection(server.ConnectionString($"medinsure_{City}"));
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand($"DELETE FROM provider_registry.{table} WHERE version = {version}; DELETE FROM provider_registry.publication WHERE version = {version}", connection);
        await command.ExecuteNonQueryAsync();
    }

    public Task<string> Events(string? city = null) =>
        Sql<string>("SELECT coalesce(string_agg(type || ' ' || aggregate || ' ' || convert_from(payload, 'UTF8'), E'\\n' ORDER BY seq), '') FROM outbox", city);

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>Stands still until it is set: 2026-11-21, 10:00 in China.</summary>
public sealed class SteadyClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    public override DateTimeOffset GetUtcNow() => Now;
}
