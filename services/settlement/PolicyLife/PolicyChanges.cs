using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>A value of a pack: what it is, where it comes from, and on which line it stands.</summary>
/// <param name="Clause">The nearest origin: "Hb 居民 起付标准", or "assumed: …".</param>
internal sealed record PackValue(string Value, string Clause, long Line);

/// <summary>What is different at one place of two packs.</summary>
/// <param name="Place">basic_fund/rules[inpatient]/deductible/values[person=child level=3]/amount.</param>
/// <param name="RuleZh">The nearest named block around it; empty: none has a name.</param>
/// <param name="Before">Null: it is new.</param>
/// <param name="After">Null: it is gone.</param>
internal sealed record PolicyChange(string Place, string RuleZh, string RuleEn, PackValue? Before, PackValue? After);

/// <summary>
/// Two packs value by value. Entries of a list are known by their id, or by when and from which day they apply, so that one that moves is not a change; those
/// that say neither (bands) by their place. A change of an origin alone is a change too.
/// </summary>
internal static class PolicyChanges
{
    private static readonly HashSet<string> Origins = ["source", "assumed", "reason"];

    /// <summary>Both packs must be readable.</summary>
    public static IReadOnlyList<PolicyChange> Between(string before, string after)
    {
        var (old, @new) = (Flat(before), Flat(after));
        var changes = new List<PolicyChange>();
        foreach (var (place, entry) in @new)
        {
            var was = old.GetValueOrDefault(place);
            if (was.Value is null || was.Value.Value != entry.Value.Value || was.Value.Clause != entry.Value.Clause) changes.Add(new PolicyChange(place, entry.RuleZh, entry.RuleEn, was.Value, entry.Value));
        }
        foreach (var (place, entry) in old)
            if (!@new.ContainsKey(place)) changes.Add(new PolicyChange(place, entry.RuleZh, entry.RuleEn, entry.Value, null));
        return changes;
    }

    private readonly record struct Entry(PackValue Value, string RuleZh, string RuleEn);

    private static Dictionary<string, Entry> Flat(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var flat = new Dictionary<string, Entry>(StringComparer.Ordinal);
        Walk(flat, stream.Documents[0].RootNode, "", "", "", "");
        return flat;
    }

    private static void Walk(Dictionary<string, Entry> flat, YamlNode node, string place, string clause, string ruleZh, string ruleEn)
    {
        switch (node)
        {
            case YamlScalarNode scalar:
                flat.Add(Free(flat, place), new Entry(new PackValue(scalar.Value ?? "", clause, scalar.Start.Line), ruleZh, ruleEn));
                break;
            case YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode):
                flat.Add(Free(flat, place), new Entry(new PackValue(string.Join(", ", list.Children.Select(c => ((YamlScalarNode)c).Value)), clause, list.Start.Line), ruleZh, ruleEn));
                break;
            case YamlSequenceNode list:
                for (var i = 0; i < list.Children.Count; i++) Walk(flat, list.Children[i], $"{place}[{KeyOf(list.Children[i], i)}]", clause, ruleZh, ruleEn);
                break;
            case YamlMappingNode map:
                if (ClauseOf(map) is { } own) clause = own;
                if (Text(map, "zh") is { } zh) (ruleZh, ruleEn) = (zh, Text(map, "en") ?? "");
                // Where an origin stands by itself (in_force of a pack, a block without values) it is not lost: it is part of each value below.
                foreach (var (key, child) in map.Children)
                    if (key is YamlScalarNode { Value: { } name } && !Origins.Contains(name)) Walk(flat, child, place.Length == 0 ? name : $"{place}/{name}", clause, ruleZh, ruleEn);
                break;
        }
    }

    /// <summary>Two entries under the same condition: the second is told apart.</summary>
    private static string Free(Dictionary<string, Entry> flat, string place)
    {
        if (!flat.ContainsKey(place)) return place;
        var i = 2;
        while (flat.ContainsKey($"{place}#{i}")) i++;
        return $"{place}#{i}";
    }

    private static string KeyOf(YamlNode node, int index)
    {
        if (node is not YamlMappingNode map) return Number(index);
        if (Text(map, "id") is { } id) return id;
        var keys = new List<string>();
        if (map.Children.TryGetValue("when", out var when) && when is YamlMappingNode conditions)
            keys.AddRange(conditions.Children.Select(c => $"{c.Key}={(c.Value is YamlSequenceNode list ? string.Join('|', list.Children) : c.Value.ToString())}"));
        // Of a value that changes with time; a band's "from" is an amount.
        if (Text(map, "from") is { } from && DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) keys.Add($"from={from}");
        return keys.Count > 0 ? string.Join(' ', keys) : Number(index);
    }

    private static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    private static string? ClauseOf(YamlMappingNode map) => Text(map, "source") ?? (Text(map, "reason") is { } reason ? "assumed: " + reason : null);

    private static string? Text(YamlMappingNode map, string key) => map.Children.TryGetValue(key, out var node) && node is YamlScalarNode { Value: { } value } ? value : null;
}
