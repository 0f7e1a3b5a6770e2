using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>The part of JSON Schema that pack.schema.json uses, on YAML. A keyword that it does not know is an error, not a pass.</summary>
internal sealed class JsonShape(JsonElement root)
{
    private static readonly HashSet<string> Silent = ["$schema", "$id", "$defs", "title", "description"];

    public JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? Resolve(root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..])) : schema;

    /// <summary>What does not fit, each with its line.</summary>
    public List<string> Misfits(YamlNode node) => Misfits(root, node);

    private List<string> Misfits(JsonElement schema, YamlNode node)
    {
        var misfits = new List<string>();
        foreach (var keyword in schema.EnumerateObject())
        {
            switch (keyword.Name)
            {
                case "$ref": misfits.AddRange(Misfits(Resolve(schema), node)); break;
                case "type": Must(keyword.Value.GetString() == TypeOf(node, keyword.Value.GetString()!), $"is not of type {keyword.Value}"); break;
                case "const": Must(Literal(keyword.Value) == Scalar(node), $"is not {keyword.Value}"); break;
                case "enum": Must(keyword.Value.EnumerateArray().Any(v => Literal(v) == Scalar(node)), $"is not one of {keyword.Value}"); break;
                case "pattern": Must(node is not YamlScalarNode || Regex.IsMatch(Scalar(node) ?? "", keyword.Value.GetString()!), $"does not match {keyword.Value}"); break;
                case "minLength": Must((Scalar(node) ?? "x").Length >= keyword.Value.GetInt32(), "is too short"); break;
                case "minimum": Must(long.TryParse(Scalar(node), out var number) && number >= keyword.Value.GetInt64(), $"is less than {keyword.Value}"); break;
                case "minItems": Must(node is not YamlSequenceNode some || some.Children.Count >= keyword.Value.GetInt32(), "has too few entries"); break;
                case "maxItems": Must(node is not YamlSequenceNode many || many.Children.Count <= keyword.Value.GetInt32(), "has too many entries"); break;
                case "anyOf": Must(keyword.Value.EnumerateArray().Any(s => Misfits(s, node).Count == 0), "fits none of the alternatives"); break;
                case "oneOf": Must(keyword.Value.EnumerateArray().Count(s => Misfits(s, node).Count == 0) == 1, "does not fit exactly one of the alternatives"); break;
                case "items":
                    if (node is YamlSequenceNode list) foreach (var item in list) misfits.AddRange(Misfits(keyword.Value, item));
                    break;
                case "required":
                    if (node is YamlMappingNode has) foreach (var key in keyword.Value.EnumerateArray()) Must(has.Children.ContainsKey(key.GetString()!), $"has no {key}");
                    break;
                case "properties":
                    if (node is YamlMappingNode map)
                        foreach (var property in keyword.Value.EnumerateObject())
                            if (map.Children.TryGetValue(property.Name, out var child)) misfits.AddRange(Misfits(property.Value, child));
                    break;
                case "additionalProperties":
                    if (node is not YamlMappingNode open) break;
                    foreach (var (key, child) in open.Children)
                    {
                        if (schema.TryGetProperty("properties", out var known) && known.TryGetProperty(Scalar(key)!, out _)) continue;
                        if (keyword.Value.ValueKind == JsonValueKind.False) misfits.Add($"line {key.Start.Line}: '{key}' is not known");
                        else misfits.AddRange(Misfits(keyword.Value, child));
                    }
                    break;
                case var other: Assert.Contains(other, Silent); break;
            }
        }
        return misfits;

        void Must(bool fits, string what)
        {
            if (!fits) misfits.Add($"line {node.Start.Line}: {what}");
        }
    }

    private static string? Scalar(YamlNode node) => (node as YamlScalarNode)?.Value;

    private static string Literal(JsonElement value) => value.ValueKind switch { JsonValueKind.True => "true", JsonValueKind.False => "false", _ => value.ToString() };

    /// <summary>YAML's plain true, null and 18 are no strings; dates are (JSON has none).</summary>
    private static string TypeOf(YamlNode node, string wanted) => node switch
    {
        YamlMappingNode => "object",
        YamlSequenceNode => "array",
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } => "boolean",
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "~" or "" } => "null",
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } v } when long.TryParse(v, out _) => "integer",
        _ => wanted is "string" ? wanted : "string",
    };
}
