using System.Text.RegularExpressions;

namespace MedInsure.Charts.Tests.Rendering;

/// <summary>deploy/dapr fits the charts and the code: names of stores, jobs, services and secrets.</summary>
[Trait("Category", "Chart")]
public sealed partial class DaprComponentTests
{
    private static IReadOnlyList<Manifest> Components { get; } = [.. Directory.GetFiles(Repository.At("deploy", "dapr"), "*.yaml").Order(StringComparer.Ordinal).SelectMany(f => Manifest.Parse(File.ReadAllText(f)))];

    [Fact]
    public void EveryComponent_FitsDaprsApi() => Rule.Holds(Components.SelectMany(KubernetesApi.Violations));

    [Fact]
    public void EveryScope_IsAService() => Rule.Holds(Components.SelectMany(c => c.Body.List("scopes").Where(s => !CodeFacts.Built.Contains(s.Text())).Select(s => $"{c}: {s}")));

    [Fact]
    public async Task WhatTheChartsAskFor_IsThere()
    {
        var release = (await Release.All).First(r => r.Case.Has("dapr.configurationStore=true"));
        var names = Components.Select(c => c.Name).ToHashSet();
        foreach (var service in release.Services)
        {
            var data = release.One("ConfigMap", service.Name).Body;
            Assert.Contains(data.Text("data", "Dapr__SecretStore"), names);
            Assert.Contains(data.Text("data", "Dapr__ConfigurationStore"), names);
            Assert.Contains(service.PodTemplate.Text("metadata", "annotations", "dapr.io/config"), names);
        }
    }

    [Fact]
    public void EveryCronBinding_IsAJobOfItsServices()
    {
        var cron = Components.Where(c => c.Body.Text("spec", "type") == "bindings.cron").ToList();
        Assert.NotEmpty(cron);
        foreach (var binding in cron)
            foreach (var scope in binding.Body.List("scopes"))
            {
                var code = string.Join('\n', Repository.Code("services", scope.Text()).Select(File.ReadAllText));
                Assert.Contains($"\"{binding.Name}\"", code, StringComparison.Ordinal);
                Assert.Matches(Job(), code);
            }
    }

    [GeneratedRegex(@"\.AddJob\(")]
    private static partial Regex Job();
}
