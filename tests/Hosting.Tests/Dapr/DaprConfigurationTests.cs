using System.Net;
using System.Net.Sockets;
using MedInsure.Hosting.Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Tests.Dapr;

/// <summary>The configuration as a process sees it that starts beside a sidecar.</summary>
[Trait("Category", "Interop")]
public sealed class DaprConfigurationTests : IAsyncLifetime
{
    private StandInSidecar sidecar = null!;

    public async Task InitializeAsync() => sidecar = await StandInSidecar.Start();
    public async Task DisposeAsync() => await sidecar.DisposeAsync();

    private static ConfigurationManager Start(int port, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)).Append(new("DAPR_HTTP_PORT", $"{port}")));
        builder.AddPlatform("settlement");
        return builder.Configuration;
    }

    private ConfigurationManager Start(params (string Key, string Value)[] settings) => Start(sidecar.Port, settings);

    private string Refused(params (string Key, string Value)[] settings) => Assert.Throws<InvalidOperationException>(() => Start(settings)).Message;

    private void Kubernetes() => sidecar.SecretStores["medinsure-secrets"] = new()
    {
        ["medinsure-platform"] = new() { ["service-token"] = "t0ken", ["rabbitmq"] = "r" },
        ["medinsure-database"] = new() { ["settlement"] = "pass/word=1", ["enrollment"] = "e" },
    };

    [Fact]
    public void WithoutDapr_NothingIsAsked()
    {
        var configuration = Start(("Secrets:ServiceToken", "from the environment"));
        Assert.Equal("from the environment", configuration["Secrets:ServiceToken"]);
        Assert.Empty(sidecar.Requests);
    }

    [Fact]
    public void NamedSecrets_FillTheirPathsAndNothingElseIsRead()
    {
        Kubernetes();
        var configuration = Start(("Dapr:SecretStore", "medinsure-secrets"), ("Dapr:Secrets:ServiceToken", "medinsure-platform/service-token"),
            ("Dapr:Secrets:RabbitMq", "medinsure-platform/rabbitmq"), ("Dapr:Secrets:Database:230102:settlement", "medinsure-database/settlement"), ("Secrets:ServiceToken", "of the environment"));
        Assert.Equal(("t0ken", "r", "pass/word=1"), (configuration["Secrets:ServiceToken"], configuration["Secrets:RabbitMq"], configuration["Secrets:Database:230102:settlement"]));
        Assert.Equal(["/v1.0/healthz/outbound", "/v1.0/secrets/medinsure-secrets/medinsure-database", "/v1.0/secrets/medinsure-secrets/medinsure-platform"], sidecar.Requests.Distinct().Order());
        Assert.Equal(3, sidecar.Requests.Count);
    }

    [Fact]
    public void StoreOfNamesAndValues_HasTheNameAsItsKey()
    {
        sidecar.SecretStores["vault"] = new() { ["service-token"] = new() { ["service-token"] = "v" } };
        Assert.Equal("v", Start(("Dapr:SecretStore", "vault"), ("Dapr:Secrets:ServiceToken", "service-token"))["Secrets:ServiceToken"]);
    }

    [Fact]
    public void WithoutNames_TheStoresSecretsAreTakenByTheirPaths()
    {
        sidecar.SecretStores["file"] = new()
        {
            ["Secrets:ServiceToken"] = new() { ["Secrets:ServiceToken"] = "a" },
            ["medinsure"] = new() { ["Secrets__Database__230102__settlement"] = "b", ["Tenants__230102__Name"] = "no secret", ["other"] = "o" },
            ["hidden"] = new() { ["Secrets__OperatorToken"] = "h" },
        };
        sidecar.Denied.Add("hidden");
        var configuration = Start(("Dapr:SecretStore", "file"));
        Assert.Equal(("a", "b", null, null), (configuration["Secrets:ServiceToken"], configuration["Secrets:Database:230102:settlement"], configuration["Tenants:230102:Name"], configuration["Secrets:OperatorToken"]));
        Assert.Equal("/v1.0/secrets/file/bulk", sidecar.Requests.Last());
    }

    [Fact]
    public void ConfigurationStore_FillsAllButSecrets()
    {
        sidecar.ConfigurationStores["medinsure-config"] = new() { ["Outbox__PollMilliseconds"] = "70", ["Services:settlement:Address"] = "http://s", ["Secrets__ServiceToken"] = "x", ["Dapr__SecretStore"] = "y" };
        var configuration = Start(("Dapr:ConfigurationStore", "medinsure-config"), ("Outbox:PollMilliseconds", "50"));
        Assert.Equal(("70", "http://s", null, null), (configuration["Outbox:PollMilliseconds"], configuration["Services:settlement:Address"], configuration["Secrets:ServiceToken"], configuration["Dapr:SecretStore"]));
    }

    [Fact]
    public async Task ConfigurationByKeys_LeavesOutWhatIsNotThere()
    {
        sidecar.ConfigurationStores["medinsure-config"] = new() { ["a b&c"] = "1", ["d"] = "2" };
        using var client = new DaprSidecar(new ConfigurationBuilder().AddInMemoryCollection([new("DAPR_HTTP_PORT", $"{sidecar.Port}")]).Build());
        Assert.Equal([KeyValuePair.Create("a b&c", "1")], await client.GetConfiguration("medinsure-config", ["a b&c", "none"], default));
        // Nothing found is answered without content.
        Assert.Empty(await client.GetConfiguration("medinsure-config", ["none"], default));
        var unknown = await Assert.ThrowsAsync<DaprException>(() => client.GetConfiguration("other", [], default));
        Assert.Equal((HttpStatusCode.BadRequest, "ERR_CONFIGURATION_STORE_NOT_FOUND", false), (unknown.Status, unknown.ErrorCode, unknown.MayPass));
    }

    [Fact]
    public void Token_GoesWithEveryCall()
    {
        Kubernetes();
        sidecar.ApiToken = "sidecar's";
        (string, string)[] asked = [("Dapr:SecretStore", "medinsure-secrets"), ("Dapr:Secrets:ServiceToken", "medinsure-platform/service-token")];
        Assert.Equal("t0ken", Start([.. asked, ("DAPR_API_TOKEN", "sidecar's")])["Secrets:ServiceToken"]);
        Assert.Contains("401  invalid api token", Refused([.. asked, ("DAPR_API_TOKEN", "another")]), StringComparison.Ordinal);
        Assert.Contains("401  invalid api token", Refused(asked), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)] // as documented
    [InlineData(HttpStatusCode.Unauthorized)] // as the runtime answers
    public void UnknownStore_StopsTheStartAtOnce(HttpStatusCode status)
    {
        Kubernetes();
        sidecar.StoreNotFound = status;
        Assert.Contains("ERR_SECRET_STORE_NOT_FOUND", Refused(("Dapr:SecretStore", "medinsure-secret"), ("Dapr:Secrets:ServiceToken", "medinsure-platform/service-token")), StringComparison.Ordinal);
        Assert.Equal(2, sidecar.Requests.Count);
    }

    [Fact]
    public void MissingOrDeniedSecret_StopsTheStartAtOnceAndIsNamed()
    {
        Kubernetes();
        var store = ("Dapr:SecretStore", "medinsure-secrets");
        Assert.Equal("Dapr's secret store medinsure-secrets has no secret nobody", Refused(store, ("Dapr:Secrets:ServiceToken", "nobody/key")));
        Assert.Equal("secret medinsure-platform of Dapr's secret store medinsure-secrets has no key nothing", Refused(store, ("Dapr:Secrets:ServiceToken", "medinsure-platform/nothing")));
        sidecar.Denied.Add("medinsure-platform");
        var denied = Refused(store, ("Dapr:Secrets:ServiceToken", "medinsure-platform/service-token"), ("Dapr:Secrets:Database:230102:settlement", "medinsure-database/settlement"));
        Assert.Contains("403 ERR_PERMISSION_DENIED", denied, StringComparison.Ordinal);
        // What was read before must not be in a message that ends in a log.
        Assert.DoesNotContain("pass/word", denied, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SidecarAndStoreThatComeLater_AreWaitedFor()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        var starting = Task.Run(() => Start(port, ("Dapr:SecretStore", "medinsure-secrets"), ("Dapr:Secrets:ServiceToken", "medinsure-platform/service-token")));
        // Nobody listens yet; then its components are not ready; then the store behind it fails.
        Assert.False(starting.IsCompleted);
        await using var late = await StandInSidecar.Start(port);
        (late.IsReady, late.StoreFailures) = (false, 2);
        late.SecretStores["medinsure-secrets"] = new() { ["medinsure-platform"] = new() { ["service-token"] = "at last" } };
        await Messaging.CounterProcess.Until(() => Task.FromResult(!late.Requests.IsEmpty), "asked whether it is ready");
        late.IsReady = true;
        Assert.Equal("at last", (await starting.WaitAsync(TimeSpan.FromSeconds(60)))["Secrets:ServiceToken"]);
        Assert.Equal((0, 3), (late.StoreFailures, late.Requests.Count(r => r.StartsWith("/v1.0/secrets/", StringComparison.Ordinal))));
    }

    [Fact]
    public void SidecarThatNeverGetsReady_StopsTheStartWithTheReason()
    {
        sidecar.IsReady = false;
        Assert.Contains("did not come in time: its components are not ready", Refused(("Dapr:SecretStore", "medinsure-secrets"), ("Dapr:StartSeconds", "3")), StringComparison.Ordinal);
        sidecar.IsReady = true;
        Assert.Contains("ERR_SECRET_STORES_NOT_CONFIGURED", Refused(("Dapr:SecretStore", "medinsure-secrets"), ("Dapr:StartSeconds", "3")), StringComparison.Ordinal);
    }
}
