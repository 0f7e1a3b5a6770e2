using System.Text.Json.Nodes;

namespace MedInsure.Charts.Tests.Rendering;

/// <summary>What a release brings to Prometheus and Grafana are the files of deploy/observability, whole and unchanged; tests/Observability.Tests judges those.</summary>
[Trait("Category", "Chart")]
public sealed class ObservabilityFilesTests
{
    [Theory]
    [InlineData("medinsure-city", "230100")]
    [InlineData("medinsure-county", "230102")]
    public async Task Release_BringsTheFilesAsTheyAre(string chart, string tenant)
    {
        var rendered = await Helm.Template($"medinsure-{tenant}", chart, [Repository.At("charts", "tenants", $"{tenant}.yaml")],
            ["observability.prometheusRules=true", "observability.dashboards=true", "stores.postgres.inCluster=true", "stores.rabbitmq.inCluster=true", "stores.redis.inCluster=true", "secrets.generate=true"]);
        var objects = Manifest.Parse(rendered);

        var rules = Directory.GetFiles(Repository.At("deploy", "observability", "rules"));
        Assert.Equal(rules.Select(f => $"medinsure-{Path.GetFileNameWithoutExtension(f)}").Order(StringComparer.Ordinal), objects.Where(o => o.Kind == "PrometheusRule").Select(o => o.Name).Order(StringComparer.Ordinal));
        foreach (var file in rules)
        {
            var spec = string.Concat((await File.ReadAllLinesAsync(file)).Select(line => $"  {line}\n"));
            var wanted = Manifest.Parse($"apiVersion: v1\nkind: File\nmetadata:\n  name: file\nspec:\n{spec}").Single().Body["spec"];
            var found = objects.Single(o => o.Kind == "PrometheusRule" && o.Name == $"medinsure-{Path.GetFileNameWithoutExtension(file)}").Body["spec"];
            Assert.True(JsonNode.DeepEquals(wanted, found), file);
        }

        var dashboards = Directory.GetFiles(Repository.At("deploy", "observability", "dashboards"));
        var data = objects.Single(o => o is { Kind: "ConfigMap", Name: "dashboards" }).Body["data"]!.AsObject();
        Assert.Equal(dashboards.Select(Path.GetFileName).Order(StringComparer.Ordinal), data.Select(d => d.Key).Order(StringComparer.Ordinal));
        foreach (var file in dashboards) Assert.True(JsonNode.DeepEquals(JsonNode.Parse(await File.ReadAllTextAsync(file)), JsonNode.Parse(data[Path.GetFileName(file)]!.GetValue<string>())), file);
    }

    [Fact]
    public async Task CountyOfACity_LeavesThemToTheCity()
    {
        var objects = Manifest.Parse(await Helm.Template("medinsure-230102", "medinsure-county", [Repository.At("charts", "tenants", "230102.yaml")], ["stores.postgres.inCluster=true", "stores.redis.inCluster=true", "secrets.generate=true"]));
        Assert.DoesNotContain(objects, o => o.Kind == "PrometheusRule" || o is { Kind: "ConfigMap", Name: "dashboards" });
    }
}
