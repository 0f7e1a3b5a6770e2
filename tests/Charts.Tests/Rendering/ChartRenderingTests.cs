using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Rendering;

/// <summary>Both charts through the real Helm, with every tenant's file and every combination of the switches.</summary>
[Trait("Category", "Chart")]
public sealed class ChartRenderingTests
{
    public static TheoryData<string> Tenants => [.. Release.Tenants];

    [Fact]
    public async Task Helm_IsTheOldestSupported() => Assert.StartsWith("v3.6.2", (await Helm.Run(["version", "--short"])).Output, StringComparison.Ordinal);

    [Theory, MemberData(nameof(Tenants))]
    public async Task TenantFile_PassesStrictLint(string tenant)
    {
        var wanted = Release.Cases.First(c => c.Tenant == tenant);
        var outcome = await Helm.Lint(wanted.Chart, wanted.Files, wanted.Settings);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Errors);
    }

    [Fact]
    public async Task EveryObject_FitsTheApiOfTheOldestAndTheNewestKubernetes()
    {
        await Rule.HoldsEverywhere(r => r.Objects.SelectMany(KubernetesApi.Violations));
        Assert.True((await Release.All).Sum(r => r.Objects.Count) > 1000, "the charts rendered next to nothing");
    }

    [Fact]
    public async Task EveryObject_IsInItsReleasesNamespaceAndStandsOnce() => await Rule.HoldsEverywhere(r =>
        r.Objects.Where(o => o.Body.Text("metadata", "namespace") != r.Case.ReleaseName).Select(o => $"{o} in namespace {o.Body.Text("metadata", "namespace")}")
            .Concat(r.Objects.GroupBy(o => o.ToString()).Where(g => g.Count() > 1).Select(g => $"{g.Key} stands {g.Count()} times")));

    [Theory]
    [InlineData("spec", "replica", "2")] // a field that does not exist
    [InlineData("spec", "replicas", "\"2\"")] // text for a number
    [InlineData("spec", "selector", null)] // a demanded field away
    [InlineData("metadata", "name", "\"Settlement_1\"")] // no name
    [InlineData("metadata", "labels", """{"a": "with space"}""")]
    public async Task WrongObject_IsFound(string parent, string field, string? value)
    {
        var wrong = new Manifest((JsonObject)(await Release.Full()).One("Deployment", "settlement").Body.DeepClone());
        Assert.Empty(KubernetesApi.Violations(wrong));
        var at = wrong.Body.At(parent)!.AsObject();
        at.Remove(field);
        if (value is not null) at[field] = JsonNode.Parse(value);
        Assert.NotEmpty(KubernetesApi.Violations(wrong));
    }

    [Fact]
    public async Task UnknownKind_IsFound() => Assert.NotEmpty(KubernetesApi.Violations(
        (await Release.Full()).With("Deployment", "gateway", d => d["apiVersion"] = "apps/v1beta1").One("Deployment", "gateway")));

    [Theory]
    [InlineData("medinsure-county", "230102", "suspended=1", "suspended")]
    [InlineData("medinsure-county", "230102", "edge.knd=ingress", "knd")]
    [InlineData("medinsure-county", "230102", "tenant.code=2301", "code")]
    [InlineData("medinsure-county", "230102", "services.pricing.enabled=true", "services")]
    [InlineData("medinsure-county", "230102", "services.gateway.config.Secrets__ServiceToken=x", "config")]
    [InlineData("medinsure-county", "230102", "stores.postgres.inCluster=false,stores.postgres.host=", "stores.postgres.host")]
    [InlineData("medinsure-county", "230102", "edge.hospitals.host=", "edge.hospitals.host")]
    [InlineData("medinsure-county", "230100", "suspended=false", "is a city")]
    [InlineData("medinsure-city", "230102", "suspended=false", "is a county")]
    public async Task WrongValue_StopsTheRelease(string chart, string tenant, string setting, string said)
    {
        var wanted = new ReleaseCase(chart, tenant, [.. Release.Cases[0].Settings, setting]);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Helm.Template("x", chart, wanted.Files, wanted.Settings));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }
}
