using System.Text.Json;
using MedInsure.Observability.Tests.Rules;

namespace MedInsure.Observability.Tests.Dashboards;

/// <param name="Expression">With Grafana's variables as they stand.</param>
public sealed record PanelQuery(string Dashboard, string Panel, string Expression, string Legend)
{
    /// <summary>As Grafana sends it when all of every variable is chosen.</summary>
    public string Sent => Expression.Replace("$__rate_interval", "5m", StringComparison.Ordinal).Replace("$tenant", ".+", StringComparison.Ordinal).Replace("$infno", ".+", StringComparison.Ordinal).Replace("$job", ".+", StringComparison.Ordinal);
}

/// <summary>The dashboards of deploy/observability.</summary>
public static class DashboardFiles
{
    public static IReadOnlyList<(string Name, JsonElement Root)> All { get; } =
        [.. Directory.GetFiles(Path.Combine(RuleFiles.Folder, "dashboards")).Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), JsonDocument.Parse(File.ReadAllText(f)).RootElement))];

    public static IEnumerable<JsonElement> Panels(JsonElement dashboard) => dashboard.GetProperty("panels").EnumerateArray();

    public static IReadOnlyList<PanelQuery> Queries { get; } =
        [.. All.SelectMany(d => Panels(d.Root).Where(p => Text(p, "type") != "row").SelectMany(p => p.GetProperty("targets").EnumerateArray().Select(t => new PanelQuery(d.Name, Text(p, "title"), Text(t, "expr"), Text(t, "legendFormat")))))];

    public static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;
}
