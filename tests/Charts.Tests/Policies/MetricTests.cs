using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Charts.Tests.Policies;

/// <summary>Rules and dashboards ask for metrics that exist, with labels that the code sets.</summary>
[Trait("Category", "Chart")]
public sealed partial class MetricTests
{
    /// <summary>Of others: RabbitMQ's Prometheus plugin and kube-state-metrics.</summary>
    private static readonly string[] Foreign =
    [
        "rabbitmq_queue_messages_ready", "kube_deployment_status_replicas_available", "kube_deployment_spec_replicas", "kube_job_status_failed", "kube_cronjob_status_last_successful_time",
    ];

    private static readonly string[] Words = ["sum", "by", "rate", "histogram_quantile", "max", "time", "and", "le", "job", "on", "increase"];

    private static IEnumerable<string> Violations(IEnumerable<string> expressions, HashSet<string> known, string code)
    {
        foreach (var expression in expressions)
        {
            foreach (var name in MetricName().Matches(Strings().Replace(Selectors().Replace(expression, ""), "")).Select(m => m.Value).Where(n => !Words.Contains(n)))
                if (!known.Contains(name) && !LabelsOf(expression).Contains(name)) yield return $"{name} is no metric: {expression}";
            foreach (var label in LabelsOf(expression).Where(l => l.StartsWith("inf", StringComparison.Ordinal)))
                if (!code.Contains($"\"{label}\"", StringComparison.Ordinal)) yield return $"{label} is no label: {expression}";
        }
    }

    private static HashSet<string> LabelsOf(string expression) =>
        [.. ByLabels().Matches(expression).SelectMany(m => m.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)), .. SelectorLabel().Matches(expression).Select(m => m.Groups[1].Value)];

    private static async Task<HashSet<string>> Known()
    {
        var known = Foreign.ToHashSet();
        foreach (var file in Repository.Code("services").Concat(Repository.Code("shared")))
            foreach (Match match in Instrument().Matches(File.ReadAllText(file)))
                known.UnionWith(Prometheus(match.Groups[2].Value, match.Groups[3].Value, match.Groups[1].Value));
        known.UnionWith(await BuiltIn());
        return known;
    }

    /// <summary>What the runtime and the web server measure, asked of themselves.</summary>
    private static async Task<HashSet<string>> BuiltIn()
    {
        var found = new HashSet<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name is not ("System.Runtime" or "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Server.Kestrel")) return;
                var kind = instrument.GetType().Name.Replace("Observable", "", StringComparison.Ordinal).Split('`')[0];
                lock (found) found.UnionWith(Prometheus(instrument.Name, instrument.Unit ?? "", kind));
            },
        };
        listener.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        await app.StartAsync();
        await app.StopAsync();
        return found;
    }

    /// <summary>As the collector's Prometheus exporter names it: dots become underscores, the unit and what a counter is are added.</summary>
    private static IEnumerable<string> Prometheus(string name, string unit, string kind)
    {
        var suffix = unit switch { "ms" => "_milliseconds", "s" => "_seconds", "By" => "_bytes", _ => "" };
        var plain = name.Replace('.', '_') + suffix;
        return kind switch { "Counter" => [$"{plain}_total"], "Histogram" => [$"{plain}_bucket", $"{plain}_count", $"{plain}_sum"], _ => [plain] };
    }

    private static IEnumerable<string> Expressions(Release release)
    {
        foreach (var rule in release.Of("PrometheusRule").SelectMany(r => r.Body.List("spec", "groups")).SelectMany(g => g.List("rules"))) yield return rule.Text("expr");
        foreach (var dashboard in release.Of("ConfigMap").Where(m => m.Name == "dashboards").SelectMany(m => m.Body.Map("data")))
            foreach (var panel in JsonDocument.Parse(dashboard.Value.Text()).RootElement.GetProperty("panels").EnumerateArray())
                yield return panel.GetProperty("targets")[0].GetProperty("expr").GetString()!;
    }

    private static string Code => string.Join('\n', Repository.Code("services").Concat(Repository.Code("shared")).Select(File.ReadAllText));

    [Fact]
    public async Task EveryExpression_AsksForMetricsThatExist()
    {
        var known = await Known();
        var expressions = Expressions(await Release.Full()).Concat(Expressions(await Release.FullCity())).ToList();
        Assert.True(expressions.Count > 20, $"{expressions.Count} expressions were found");
        Rule.Holds(Violations(expressions, known, Code));
    }

    [Theory]
    [InlineData("sum by (infcode) (rate(medinsure_gateway_transactions_total[5m]))")]
    [InlineData("sum by (infcodes) (rate(medinsure_gateway_transaction_duration_milliseconds_count[5m]))")]
    [InlineData("rate(http_server_requests_seconds_count[5m])")]
    public async Task ExpressionWithoutSuchAMetric_IsFound(string expression) => Assert.NotEmpty(Violations([expression], await Known(), Code));

    [GeneratedRegex(@"Create(Counter|Histogram|ObservableGauge|UpDownCounter|Gauge)<\w+>\(""([\w.]+)"", ""([^""]*)""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"\{[^}]*\}|\[\d+\w\]")]
    private static partial Regex Selectors();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Strings();

    [GeneratedRegex("[a-z_][a-z_0-9]*")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"by \(([^)]*)\)")]
    private static partial Regex ByLabels();

    [GeneratedRegex(@"(\w+)(?:=|!=|=~|!~)""")]
    private static partial Regex SelectorLabel();
}
