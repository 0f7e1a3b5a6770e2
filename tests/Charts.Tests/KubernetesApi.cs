using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MedInsure.Charts.Tests;

/// <summary>
/// Checks an object against the fields that Kubernetes 1.30 and 1.36 both know (kubernetes/api.json, from the published OpenAPI document) or that the
/// other APIs in use document (kubernetes/others.json): no unknown field, none missing that is demanded, every value of its type.
/// </summary>
public static partial class KubernetesApi
{
    private static readonly JsonNode[] Documents = [Read("api.json"), Read("others.json")];

    public static IEnumerable<string> Violations(Manifest manifest)
    {
        var type = Documents.Select(d => d.Text("kinds", manifest.Type)).FirstOrDefault(t => t.Length > 0);
        return type is null ? [$"{manifest}: {manifest.Type} is not a kind that the charts may use"] : Check(manifest.Body, type, manifest.ToString());
    }

    [GeneratedRegex("^(list|map)<(.+)>$")]
    private static partial Regex Generic();

    // Kubernetes' own form of amounts, and of names (RFC 1123 and label keys).
    [GeneratedRegex(@"^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")]
    private static partial Regex Quantity();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")]
    private static partial Regex ObjectName();

    [GeneratedRegex(@"^([a-z0-9.-]+/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")]
    private static partial Regex LabelKey();

    [GeneratedRegex("^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")]
    private static partial Regex LabelValue();

    private static IEnumerable<string> Check(JsonNode? value, string type, string where)
    {
        type = type.TrimEnd('!');
        if (value is null) return type == "any" ? [] : [$"{where}: has no value"];
        if (Generic().Match(type) is { Success: true } generic)
        {
            var inner = generic.Groups[2].Value;
            if (generic.Groups[1].Value == "list") return value is JsonArray list ? list.SelectMany((item, i) => Check(item, inner, $"{where}[{i}]")) : [$"{where}: no list"];
            return value is JsonObject map ? map.SelectMany(m => Check(m.Value, inner, $"{where}.{m.Key}")).Concat(Named(map, where)) : [$"{where}: no mapping"];
        }
        return type switch
        {
            "any" or "object" => [],
            "string" => value is JsonValue s && s.GetValueKind() == System.Text.Json.JsonValueKind.String ? [] : [$"{where}: {value.ToJsonString()} is no text"],
            "boolean" => value is JsonValue b && b.TryGetValue<bool>(out _) ? [] : [$"{where}: {value.ToJsonString()} is not true or false"],
            "number" => value is JsonValue n && n.GetValueKind() == System.Text.Json.JsonValueKind.Number ? [] : [$"{where}: {value.ToJsonString()} is no number"],
            "IntOrString" => value is JsonValue ? [] : [$"{where}: neither number nor text"],
            _ => Object(value, type, where),
        };
    }

    private static List<string> Object(JsonNode value, string type, string where)
    {
        if (value is not JsonObject found) return [$"{where}: no {type}"];
        if (Documents.Select(d => d.At("types", type)).FirstOrDefault(t => t is not null) is not JsonObject fields) return [$"{where}: the type {type} is not known"];
        var problems = new List<string>();
        foreach (var (name, inner) in found)
            problems.AddRange(fields[name] is JsonValue known ? Check(inner, known.GetValue<string>(), $"{where}.{name}") : [$"{where}: {type} has no field {name}"]);
        problems.AddRange(fields.Where(f => f.Value!.GetValue<string>().EndsWith('!') && found[f.Key] is null).Select(f => $"{where}: {type} needs {f.Key}"));
        if (type == "V1ObjectMeta")
        {
            if (found["name"] is { } name && !ObjectName().IsMatch(name.Text())) problems.Add($"{where}.name: {name} is no name");
            problems.AddRange(found.Map("labels").Where(l => !LabelKey().IsMatch(l.Key) || !LabelValue().IsMatch(l.Value.Text())).Select(l => $"{where}.labels: {l.Key}={l.Value}"));
        }
        return problems;
    }

    /// <summary>Amounts of resources are maps of text.</summary>
    private static IEnumerable<string> Named(JsonObject map, string where) =>
        where.EndsWith(".requests", StringComparison.Ordinal) || where.EndsWith(".limits", StringComparison.Ordinal)
            ? map.Where(m => !Quantity().IsMatch(m.Value.Text())).Select(m => $"{where}.{m.Key}: {m.Value} is no amount") : [];

    private static JsonNode Read(string name)
    {
        using var stream = typeof(KubernetesApi).Assembly.GetManifestResourceStream(name)!;
        return JsonNode.Parse(stream)!;
    }
}
