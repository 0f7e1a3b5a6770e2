using System.Text.Json;
using System.Text.RegularExpressions;
using MedInsure.Observability.Tests.Rules;

namespace MedInsure.Observability.Tests.Dashboards;

[Trait("Category", "Unit")]
public sealed partial class DashboardFileTests
{
    [Fact]
    public async Task EveryPanel_ParsesAsPromql()
    {
        Assert.True(DashboardFiles.Queries.Count > 80, $"{DashboardFiles.Queries.Count} queries were found");
        Assert.DoesNotContain(DashboardFiles.Queries, q => q.Sent.Contains('$', StringComparison.Ordinal));
        Assert.Equal("", await Promtool.Parse(DashboardFiles.Queries.Select(q => q.Sent)));
    }

    [Theory]
    [InlineData("sum by (job (up)")]
    [InlineData("rate(up)")]
    [InlineData("histogram_quantile(0.99)")]
    public async Task BrokenQuery_IsFound(string expression) => Assert.NotEqual("", await Promtool.Parse([expression]));

    [Fact]
    public void EveryDashboard_IsWhatGrafanaTakes()
    {
        foreach (var (name, root) in DashboardFiles.All)
        {
            Assert.Equal(name, DashboardFiles.Text(root, "uid") + ".json");
            Assert.Contains("medinsure", root.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
            var panels = DashboardFiles.Panels(root).ToList();
            Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
            var variables = root.GetProperty("templating").GetProperty("list").EnumerateArray().Select(v => DashboardFiles.Text(v, "name")).ToHashSet();
            foreach (var panel in panels.Where(p => DashboardFiles.Text(p, "type") != "row"))
            {
                Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
                Assert.NotEqual("", panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString());
                foreach (var target in panel.GetProperty("targets").EnumerateArray())
                    Assert.All(Variable().Matches(DashboardFiles.Text(target, "expr")).Select(m => m.Groups[1].Value), v => Assert.Contains(v, variables.Append("__rate_interval")));
            }
            Assert.Empty(Overlaps(panels));
        }
    }

    /// <summary>A legend that names a label which the query has aggregated away shows nothing.</summary>
    [Fact]
    public void EveryLegend_NamesLabelsThatTheQueryKeeps()
    {
        foreach (var query in DashboardFiles.Queries)
        {
            var kept = PromQuery.LabelsOf(query.Sent).Concat(RuleFiles.All.Where(r => r.Record is not null && query.Expression.Contains(r.Record, StringComparison.Ordinal)).SelectMany(r => PromQuery.LabelsOf(r.Expression))).ToHashSet();
            Assert.All(LegendLabel().Matches(query.Legend).Select(m => m.Groups[1].Value), label => Assert.True(kept.Contains(label), $"{query.Dashboard}, {query.Panel}: {label}"));
        }
    }

    private static IEnumerable<string> Overlaps(List<JsonElement> panels)
    {
        var places = panels.Select(p => (Id: p.GetProperty("id").GetInt32(), At: p.GetProperty("gridPos"))).Select(p => (p.Id, X: N(p.At, "x"), Y: N(p.At, "y"), W: N(p.At, "w"), H: N(p.At, "h"))).ToList();
        return from a in places from b in places where a.Id < b.Id && a.X < b.X + b.W && b.X < a.X + a.W && a.Y < b.Y + b.H && b.Y < a.Y + a.H select $"{a.Id} and {b.Id}";

        static int N(JsonElement at, string key) => at.GetProperty(key).GetInt32();
    }

    [GeneratedRegex(@"\$(\w+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex LegendLabel();
}
