using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>A city with counties of its own on a real PostgreSQL, served by the whole service: operators' HTTP, and events by outbox, bus and inbox.</summary>
public sealed class PoolHost : IAsyncDisposable
{
    private const string Password = "test-only-password", Operator = "operator-token-of-the-test";

    private readonly Dictionary<string, string?> settings;
    private readonly SetTime time;
    private WebApplication app = null!;
    private HttpClient client = null!;

    private PoolHost(PostgresServer server, string city, IReadOnlyList<string> counties, SetTime time)
    {
        (Server, City, Counties, this.time) = (server, city, counties, time);
        settings = new()
        {
            ["Secrets:ServiceToken"] = "service-token-of-the-test", ["Secrets:OperatorToken"] = Operator, ["Secrets:PersonKey"] = "a-person-key-of-forty-characters-0123456", ["Services:provider-registry:Address"] = "http://127.0.0.1:1",
            ["Services:enrollment:Address"] = "http://127.0.0.1:1", ["Services:settlement:Address"] = "http://127.0.0.1:1", ["Outbox:PollMilliseconds"] = "50", ["Logging:LogLevel:Default"] = "None",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None", ["Logging:LogLevel:MassTransit"] = "None", ["Logging:LogLevel:Microsoft.AspNetCore"] = "None",
        };
        foreach (var code in counties.Append(city))
        {
            settings[$"Tenants:{code}:City"] = city;
            settings[$"Tenants:{code}:Database"] = server.Address;
            settings[$"Secrets:Database:{code}:{SettlementModule.Service}"] = Password;
        }
    }

    public PostgresServer Server { get; }
    public string City { get; }
    public IReadOnlyList<string> Counties { get; }
    public IServiceProvider Services => app.Services;
    public ChinaCalendar Calendar => new(time);

    internal LedgerPlace Place(string tenant) => new(new Tenant(tenant, tenant, City, new Dictionary<string, string>()), Database(tenant));

    /// <param name="prefix">The city's four digits, where its terms matter: of each one test class; empty: one that no test shares.</param>
    /// <param name="pack">Of residents; empty: none.</param>
    public static async Task<PoolHost> Start(PostgresServer server, int counties = 1, string prefix = "", string pack = "", RabbitMqServer? broker = null)
    {
        // Counties of a known city beyond those that other tests make.
        var first = prefix.Length == 0 ? 1 : 91;
        if (prefix.Length == 0) prefix = FreshTenant.City();
        var host = new PoolHost(server, $"{prefix}00", [.. Enumerable.Range(first, counties).Select(i => $"{prefix}{i:D2}")], new SetTime(SettlementNode.Start));
        if (pack.Length > 0)
            foreach (var county in host.Counties) host.settings[$"Tenants:{county}:Packs:390"] = pack;
        if (broker is not null)
        {
            host.settings["Bus:RabbitMq:Host"] = RabbitMqServer.Host;
            host.settings["Bus:RabbitMq:Port"] = $"{broker.Port}";
            host.settings["Bus:RabbitMq:User"] = RabbitMqServer.User;
            host.settings["Secrets:RabbitMq"] = broker.Password;
        }
        foreach (var code in host.Counties.Append(host.City))
        {
            var tenant = new Tenant(code, code, host.City, new Dictionary<string, string>());
            await FreshTenant.Make(server, tenant, SettlementModule.Service, Password, typeof(SettlementModule).Assembly);
        }
        await host.Open();
        return host;
    }

    private async Task Open()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1));
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.AddSettlement();
        app = builder.Build();
        app.MapPlatform();
        app.MapSettlement();
        await app.StartAsync();
        client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Operator) } };
    }

    public void SetDay(int year, int month, int day, int hour = 12) => time.Now = new DateTimeOffset(year, month, day, hour, 0, 0, ChinaCalendar.Offset);

    public NpgsqlDataSource Database(string tenant) => app.Services.GetRequiredService<TenantDatabases>().For(tenant, SettlementModule.Service);

    public async Task<JsonElement> Get(string path) => await Read(await client.GetAsync(path));

    public async Task<JsonElement> Post(string path, object body) => await Read(await client.PostAsJsonAsync(path, body));

    private static async Task<JsonElement> Read(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The refusal's code.</summary>
    public async Task<string> Refused(string path, object? body)
    {
        using var response = body is null ? await client.GetAsync(path) : await client.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.False(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()!;
    }

    public Task<byte[]> Download(string path) => client.GetByteArrayAsync(path);

    public async Task<List<string>> Rows(string tenant, string sql)
    {
        await using var command = Database(tenant).CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    /// <summary>Waits until a query of a tenant's tables gives a value: what a message does, nobody can wait for otherwise.</summary>
    public async Task Until(string tenant, string sql, string value)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (string.Join(' ', await Rows(tenant, sql)) != value) await Task.Delay(20, patience.Token);
    }

    /// <summary>Each account's balance that is not zero: purpose/fund/counterparty fen.</summary>
    public Task<List<string>> Balances(string tenant) => Rows(tenant,
        "SELECT purpose || '/' || fund || '/' || counterparty || ' ' || sum(amount_fen) FROM voucher_entry JOIN ledger_account USING (account_id) GROUP BY purpose, fund, counterparty HAVING sum(amount_fen) <> 0 ORDER BY 1");

    /// <summary>As a deployment does; the data stays.</summary>
    public async Task Restart()
    {
        await Close();
        await Open();
    }

    private async Task Close()
    {
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await Close();
}
