using System.Net;
using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.Hosting.Observability;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Tests.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MedInsure.Hosting.Tests.Observability;

[Trait("Category", "Storage")]
public sealed class HealthEndpointsTests : IAsyncLifetime
{
    private PostgresServer server = null!;
    private Dictionary<string, string?> settings = null!;

    public async Task InitializeAsync()
    {
        server = await PostgresServer.StartForTests();
        var tenant = new Tenant("999001", "测试县", "999000", new Dictionary<string, string>());
        settings = new() { [$"Tenants:{tenant.Code}:Database"] = server.Address };
        foreach (var service in (string[])[CounterProcess.Publisher, CounterProcess.Consumer])
        {
            settings[$"Secrets:Database:{tenant.Code}:{service}"] = "secret";
            await TenantProvisioning.Provision(server.AdminConnectionString, tenant, service, "secret");
            await MigrationRunner.Apply(server.AdminConnectionString, tenant, service, typeof(PostgresFixture).Assembly);
        }
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    private static async Task<(HttpStatusCode Status, string Word, JsonElement Checks)> Get(CounterProcess process, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(process.App.Urls.Single()) };
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return (response.StatusCode, body.GetProperty("status").GetString()!, body.GetProperty("checks"));
    }

    [Fact]
    public async Task Process_is_live_without_its_database_but_not_ready()
    {
        await using var process = await CounterProcess.Start(settings);
        await CounterProcess.Until(async () => (await Get(process, "/health/ready")).Word == "healthy", "ready");
        await server.Stop();
        var ready = await Get(process, "/health/ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), (ready.Status, ready.Word));
        Assert.Equal("no answer: 999001 enrollment, 999001 settlement", ready.Checks.GetProperty("database").GetProperty("description").GetString());
        Assert.Equal((HttpStatusCode.OK, "healthy"), (await Get(process, "/health/live")) is var live ? (live.Status, live.Word) : default);
        await server.StartAgain();
        await CounterProcess.Until(async () => (await Get(process, "/health/ready")).Word == "healthy", "ready again");
    }

    [Fact]
    public async Task Bus_away_is_degraded_but_ready()
    {
        // A port where nobody listens.
        foreach (var (key, value) in new Dictionary<string, string?> { ["Host"] = "127.0.0.1", ["Port"] = "1", ["User"] = "nobody" }) settings[$"Bus:RabbitMq:{key}"] = value;
        await using var process = await CounterProcess.Start(settings);
        var ready = await Get(process, "/health/ready");
        Assert.Equal((HttpStatusCode.OK, "degraded", "degraded"), (ready.Status, ready.Word, ready.Checks.GetProperty("bus").GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Check_of_a_module_counts()
    {
        await using var process = await CounterProcess.Start(settings, more: builder =>
            builder.Services.AddHealthChecks().AddCheck("catalog", () => HealthCheckResult.Unhealthy("no catalog yet"), tags: [HealthEndpoints.Ready]));
        var ready = await Get(process, "/health/ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no catalog yet"), (ready.Status, ready.Checks.GetProperty("catalog").GetProperty("description").GetString()));
    }
}
