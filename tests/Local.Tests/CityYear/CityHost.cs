using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.Events;
using MedInsure.Hosting;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Local.Tests.Year;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Settlement;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Tests.OffCounty;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Local.Tests.CityYear;

/// <summary>The settlement of a city and its counties in one process on a real PostgreSQL, on a day that the caller sets; counties and city speak over the wire, events go by outbox, bus in memory and inbox.</summary>
public sealed class CityHost : IAsyncDisposable
{
    private const string Operator = "operator-token-of-this-city", Password = "password-of-this-city";

    private readonly WebApplication app;
    private readonly PublishedCity registry;
    private readonly HttpClient http;
    private readonly SettableDay clock;

    private CityHost(WebApplication app, PublishedCity registry, string city, IReadOnlyList<string> counties, SettableDay clock)
    {
        (this.app, this.registry, City, Counties, this.clock) = (app, registry, city, counties, clock);
        http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), Timeout = TimeSpan.FromMinutes(5), DefaultRequestHeaders = { { "authorization", $"Bearer {Operator}" } } };
    }

    public string City { get; }
    public IReadOnlyList<string> Counties { get; }
    public IConfiguration Configuration => app.Configuration;
    public DateOnly Today { get => clock.Today; set => clock.Today = value; }
    /// <summary>As a service calls: counties are named by the call.</summary>
    public Client Client => app.Services.GetRequiredService<Client>();
    public long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    internal static async Task<CityHost> Start(PostgresServer postgres, string city, IReadOnlyList<string> counties, IReadOnlyDictionary<string, string> packs, IReadOnlyList<Provider> providers, DateOnly today)
    {
        var registry = await PublishedCity.Start(providers);
        var clock = new SettableDay { Today = today };
        var settings = new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = "service-token-of-this-city", ["Secrets:OperatorToken"] = Operator, ["Secrets:PersonKey"] = "a-person-key-of-forty-characters-0123456", ["Outbox:PollMilliseconds"] = "200",
            ["Services:provider-registry:Address"] = registry.Address, ["Services:enrollment:Address"] = "http://127.0.0.1:1",
        };
        await Parallel.ForEachAsync(counties.Append(city), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (code, cancellation) =>
        {
            var tenant = new Tenant(code, code, city, packs);
            await TenantProvisioning.Provision(postgres.AdminConnectionString, tenant, SettlementModule.Service, Password, cancellation);
            await MigrationRunner.Apply(postgres.AdminConnectionString, tenant, SettlementModule.Service, typeof(SettlementModule).Assembly, cancellation);
        });
        foreach (var code in counties.Append(city))
        {
            settings[$"Tenants:{code}:Name"] = code;
            settings[$"Tenants:{code}:City"] = city;
            settings[$"Tenants:{code}:Database"] = postgres.Address;
            settings[$"Secrets:Database:{code}:{SettlementModule.Service}"] = Password;
            foreach (var (insutype, pack) in packs) settings[$"Tenants:{code}:Packs:{insutype}"] = pack;
        }
        // As late as may be: nobody keeps it free for us.
        var port = FreePort();
        settings["Services:settlement:Address"] = $"http://127.0.0.1:{port}";

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, port, o => o.Protocols = HttpProtocols.Http2);
        });
        builder.AddSettlement();
        builder.Logging.ClearProviders().AddFilter((category, level) => level >= LogLevel.Error && category?.Contains("HealthCheck", StringComparison.Ordinal) != true).AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        var app = builder.Build();
        app.UseRouting();
        app.MapPlatform();
        app.MapSettlement();
        await app.StartAsync();
        var host = new CityHost(app, registry, city, counties, clock);
        await host.Until(async () => (await host.http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode, "every county's journal has its writer");
        return host;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public NpgsqlDataSource Database(string tenant) => app.Services.GetRequiredService<TenantDatabases>().For(tenant, SettlementModule.Service);

    public async Task Insure(string county, IReadOnlyList<Person> persons)
    {
        await using var connection = await Database(county).OpenConnectionAsync();
        await InsuredPersons.Keep(connection, null, persons, CancellationToken.None);
    }

    /// <summary>As billing tells of it, by the county's outbox.</summary>
    public async Task Receive(string county, params IReadOnlyList<IncomeReceived> incomes)
    {
        await using var connection = await Database(county).OpenConnectionAsync();
        await Outbox.Add(connection, null, [.. incomes.Select(i => OutboxEvent.Of("income", i, clock.GetUtcNow()))]);
        app.Services.GetRequiredService<OutboxBell>().Ring(county, SettlementModule.Service);
    }

    public Task<JsonElement> Get(string path) => Send(HttpMethod.Get, path, null);

    /// <summary>An operator's act; anything but success is a failure of the year.</summary>
    public Task<JsonElement> Post(string path, object body) => Send(HttpMethod.Post, path, JsonContent.Create(body));

    public Task<byte[]> Bytes(string path) => http.GetByteArrayAsync(new Uri(path, UriKind.Relative));

    /// <summary>Returns when the condition holds: what is told is under way, and nobody can wait for it otherwise.</summary>
    public async Task Until(Func<Task<bool>> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!await condition())
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"{what}: not on {Today}");
            await Task.Delay(100);
        }
    }

    private async Task<JsonElement> Send(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new InvalidOperationException($"{path} on {Today}: {(int)answer.StatusCode} {text}");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await registry.DisposeAsync();
    }
}
