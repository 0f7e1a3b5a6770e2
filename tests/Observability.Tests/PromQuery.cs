using System.Text.RegularExpressions;

namespace MedInsure.Observability.Tests;

/// <summary>The metrics and labels that an expression names. What promtool has parsed only: this reads words, no grammar.</summary>
public static partial class PromQuery
{
    private static readonly string[] Words = ["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool", "inf", "nan"];

    public static IReadOnlySet<string> MetricsOf(string expression)
    {
        var rest = LabelList().Replace(Range().Replace(Selector().Replace(Strings().Replace(expression, "\"\""), ""), ""), " ");
        return Name().Matches(rest).Where(m => !m.Groups[2].Success).Select(m => m.Groups[1].Value).Where(n => !Words.Contains(n.ToLowerInvariant())).ToHashSet();
    }

    /// <summary>Those it selects by and those it keeps.</summary>
    public static IReadOnlySet<string> LabelsOf(string expression) =>
        LabelList().Matches(expression).SelectMany(m => m.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)).Concat(Selector().Matches(Strings().Replace(expression, "\"\"")).SelectMany(s => Matcher().Matches(s.Value)).Select(m => m.Groups[1].Value))
            .Where(l => l.Length > 0).ToHashSet();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Strings();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\[[^\]]*\]|\boffset \d+\w+")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")]
    private static partial Regex LabelList();

    [GeneratedRegex(@"(?<![\w.:])([a-zA-Z_:][\w:]*)(\s*\()?")]
    private static partial Regex Name();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Matcher();
}
