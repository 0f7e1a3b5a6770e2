using System.Text.RegularExpressions;

namespace MedInsure.Observability.Tests.Running;

/// <summary>
/// Names as the collector's Prometheus exporter gives them (add_metric_suffixes, its default): what is no letter or digit becomes an underscore, the unit and,
/// of a counter, what it is are added. https://github.com/open-telemetry/opentelemetry-collector-contrib, pkg/translator/prometheus
/// </summary>
public static partial class PrometheusName
{
    public enum Kind { Gauge, Counter, Histogram }

    private static readonly Dictionary<string, string> Units = new() { ["ms"] = "milliseconds", ["s"] = "seconds", ["By"] = "bytes" };

    /// <summary>Of the series that a metric has.</summary>
    public static IReadOnlyList<string> Of(string name, string unit, Kind kind)
    {
        var words = Other().Split(name).Where(w => w.Length > 0).ToList();
        // Units in braces say what is counted and are left out.
        var word = Braces().Replace(unit, "");
        if (word == "1") word = kind == Kind.Gauge ? "ratio" : "";
        else if (word.Length > 0) word = Units.GetValueOrDefault(word, word);
        if (word.Length > 0 && !words.Contains(word)) words.Add(word);
        if (kind == Kind.Counter)
        {
            words.Remove("total");
            words.Add("total");
        }
        var plain = string.Join('_', words);
        return kind == Kind.Histogram ? [$"{plain}_bucket", $"{plain}_count", $"{plain}_sum"] : [plain];
    }

    public static string OfLabel(string attribute) => OtherLetter().Replace(attribute, "_");

    [GeneratedRegex("[^a-zA-Z0-9]+")]
    private static partial Regex Other();

    [GeneratedRegex("[^a-zA-Z0-9_]")]
    private static partial Regex OtherLetter();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();
}
