using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>What an endpoint answered.</summary>
internal sealed record Answered(HttpStatusCode Status, JsonElement Body)
{
    /// <summary>The refusal's code; empty: it is none.</summary>
    public string Code => Status == HttpStatusCode.OK ? "" : Body.GetProperty("code").GetString()!;
    public string State => Body.GetProperty("state").GetString()!;
    public long No => Body.GetProperty("no").GetInt64();
}

/// <summary>A city of its own with counties, served by the whole service on a real PostgreSQL, as its operators reach it; the bus is in memory.</summary>
public sealed class PolicyDesk : IAsyncDisposable
{
    public const string Drafter = "甲起草", Reviewer = "乙复核", Approver = "丙批准", OtherApprover = "丁批准", Consenter = "戊同意", Publisher = "己发布", Operator = "operator-token-of-the-test";
    private const string Password = "test-only-password";

    private readonly PostgresServer server;
    private readonly Dictionary<string, string?> settings;
    private readonly HttpClient client = new();
    private WebApplication app = null!;

    private PolicyDesk(PostgresServer server, string city, IReadOnlyList<string> counties)
    {
        (this.server, City, Counties) = (server, city, counties);
        settings = new()
        {
            ["Secrets:ServiceToken"] = "service-token-of-the-test", ["Secrets:OperatorToken"] = Operator, ["Secrets:PersonKey"] = "a-person-key-of-forty-characters-0123456",
            ["Services:provider-registry:Address"] = "http://127.0.0.1:1", ["Services:enrollment:Address"] = "http://127.0.0.1:1", ["Services:settlement:Address"] = "http://127.0.0.1:1",
            ["Outbox:PollMilliseconds"] = "50", ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None", ["Logging:LogLevel:MassTransit"] = "None", ["Logging:LogLevel:Microsoft.AspNetCore"] = "None",
        };
        foreach (var code in counties.Append(city)) Configure(code, served: true);
    }

    public string City { get; }
    public IReadOnlyList<string> Counties { get; }
    public SetTime Clock { get; } = new(SettlementNode.Start);
    public DateOnly Today { set => Clock.Now = new DateTimeOffset(value.ToDateTime(new TimeOnly(12, 0)), ChinaCalendar.Offset); }

    /// <summary>A city whose database and codes no other test has.</summary>
    public static async Task<PolicyDesk> Open(PostgresServer server, int counties = 2)
    {
        var prefix = FreshTenant.City();
        var desk = new PolicyDesk(server, $"{prefix}00", [.. Enumerable.Range(1, counties).Select(i => $"{prefix}{i:D2}")]);
        foreach (var code in desk.Counties.Append(desk.City)) await desk.Provision(code);
        await desk.Start();
        return desk;
    }

    /// <summary>The city of a county that a test has already; both are served, and nobody else may write the county meanwhile.</summary>
    public static async Task<PolicyDesk> Open(PostgresServer server, Tenant county)
    {
        var desk = new PolicyDesk(server, county.CityCode, [county.Code]);
        await desk.Provision(desk.City);
        await desk.Start();
        return desk;
    }

    public async Task Provision(string code)
    {
        var tenant = new Tenant(code, code, City, new Dictionary<string, string>());
        await FreshTenant.Make(server, tenant, SettlementModule.Service, Password, typeof(SettlementModule).Assembly);
    }

    public void Configure(string code, bool served)
    {
        settings[$"Tenants:{code}:City"] = City;
        settings[$"Tenants:{code}:Database"] = server.Address;
        settings[$"Secrets:Database:{code}:{SettlementModule.Service}"] = served ? Password : null;
        if (code == City) return;
        settings[$"Tenants:{code}:Packs:390"] = "harbin/resident";
        settings[$"Tenants:{code}:Packs:310"] = "harbin/employee";
    }

    public async Task Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1));
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.AddSettlement();
        app = builder.Build();
        app.MapPlatform();
        app.MapSettlement();
        await app.StartAsync();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Operator);
        address = app.Urls.First();
    }

    private string address = "";

    public async Task Stop()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public NpgsqlDataSource Database(string code) => app.Services.GetRequiredService<TenantDatabases>().For(code, SettlementModule.Service);

    /// <summary>As the owner of everything: what nobody of the service may do.</summary>
    public async Task AsAdministrator(string code, string sql)
    {
        await using var admin = NpgsqlDataSource.Create(server.ConnectionString(TenantNames.Database(code)));
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    // ---- what operators do

    internal async Task<Answered> Get(string path, string? city = null) => await Read(await client.GetAsync($"{address}/policies/{city ?? City}{path}"));

    internal async Task<Answered> Post(string path, object body, string? city = null) => await Read(await client.PostAsJsonAsync($"{address}/policies/{city ?? City}{path}", body));

    public Task<HttpResponseMessage> Send(HttpRequestMessage request, string path)
    {
        request.RequestUri = new Uri($"{address}/policies/{path}");
        return client.SendAsync(request);
    }

    internal Task<Answered> Draft(string text, string? scope = null, string? effectiveOn = null, string person = Drafter, string? note = null) => Post("", new { scope, text, effective_on = effectiveOn, note, person });

    /// <summary>An act on the text as it is now.</summary>
    internal async Task<Answered> Act(long no, string act, string person, string? reason = null)
    {
        var read = (await Get($"/{no}")).Body;
        return await Post($"/{no}/{act}", new { revision = read.GetProperty("revision").GetInt32(), sha256 = read.GetProperty("sha256").GetString(), person, reason });
    }

    /// <summary>All that comes before the publication.</summary>
    internal async Task<Answered> Approved(string text, string? scope = null, string? effectiveOn = null)
    {
        var draft = await Draft(text, scope, effectiveOn);
        Assert.Equal("", draft.Code);
        Assert.Equal("", (await Act(draft.No, "review", Reviewer)).Code);
        Assert.Equal("", (await Act(draft.No, "approval", Approver)).Code);
        var approved = await Act(draft.No, "approval", OtherApprover);
        if (scope is not null && scope != City) approved = await Act(draft.No, "consent", Consenter);
        Assert.Equal("", approved.Code);
        return approved;
    }

    internal async Task<Answered> Published(string text, string? scope = null, string? effectiveOn = null)
    {
        var approved = await Approved(text, scope, effectiveOn);
        var published = await Act(approved.No, "publication", Publisher);
        Assert.Equal("", published.Code);
        return published;
    }

    /// <summary>Waits until a county's journal has adopted so many.</summary>
    internal async Task<JsonElement> Adopted(string county, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var body = (await Get("/adopted", county)).Body;
            if (body.GetProperty("adopted").GetArrayLength() >= count) return body;
            await Task.Delay(20, patience.Token); // adopted by a worker that nobody can wait for
        }
    }

    private static async Task<Answered> Read(HttpResponseMessage response)
    {
        using (response) return new Answered(response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        client.Dispose();
    }
}

/// <summary>One desk for the tests of a class; each takes version numbers of its own.</summary>
public sealed class SharedPolicyDesk(SharedPostgres postgres) : IAsyncLifetime
{
    public PolicyDesk Desk { get; private set; } = null!;

    public async Task InitializeAsync() => Desk = await PolicyDesk.Open(postgres.Server);
    public Task DisposeAsync() => Desk.DisposeAsync().AsTask();
}
