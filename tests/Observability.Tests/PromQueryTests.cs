namespace MedInsure.Observability.Tests;

[Trait("Category", "Unit")]
public sealed class PromQueryTests
{
    [Theory]
    [InlineData("sum by (job, le) (rate(a_seconds_bucket{job=~\"x|y\",le=\"1\"}[5m])) > 0.5", "a_seconds_bucket", "job le")]
    [InlineData("max by (t) (a{s=\"used\"} / ignoring (s) b) or 0 * sum(c unless c offset 1h)", "a b c", "s t")]
    [InlineData("label_replace((time() - max(k{n=~\"m-.+\"}) > 93600), \"t\", \"$1\", \"n\", \"m-(.+)\")", "k", "n")]
    [InlineData("r:s:rate5m{t=\"1\"} / on (t) group_left d_total", "d_total r:s:rate5m", "t")]
    public void Expression_NamesItsMetricsAndLabels(string expression, string metrics, string labels)
    {
        Assert.Equal(metrics.Split(' '), PromQuery.MetricsOf(expression).Order(StringComparer.Ordinal));
        Assert.Equal(labels.Split(' '), PromQuery.LabelsOf(expression).Order(StringComparer.Ordinal));
    }
}
