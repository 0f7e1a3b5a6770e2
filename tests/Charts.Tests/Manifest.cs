using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Charts.Tests;

/// <summary>A rendered object.</summary>
public sealed record Manifest(JsonObject Body)
{
    public string Kind => Body.Text("kind");
    public string Name => Body.At("metadata")!.Text("name");
    public string Type => $"{Body.Text("apiVersion")}/{Kind}";

    /// <summary>The pod template of a workload, else null.</summary>
    public JsonNode? PodTemplate => Kind switch
    {
        "Deployment" or "StatefulSet" or "Job" => Body.At("spec", "template"),
        "CronJob" => Body.At("spec", "jobTemplate", "spec", "template"),
        _ => null,
    };

    public IEnumerable<JsonNode> Containers => PodTemplate is { } pod ? pod.List("spec", "containers").Concat(pod.List("spec", "initContainers")) : [];

    public override string ToString() => $"{Kind} {Name}";

    /// <summary>The objects of a YAML stream. A key that stands twice in a mapping is refused.</summary>
    public static IReadOnlyList<Manifest> Parse(string yaml)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(yaml);
        stream.Load(reader);
        return [.. stream.Documents.Select(d => Json.Of(d.RootNode)).OfType<JsonObject>().Select(o => new Manifest(o))];
    }
}

/// <summary>YAML as Kubernetes reads it: JSON.</summary>
public static class Json
{
    public static JsonNode? OfYaml(string yaml)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(yaml);
        stream.Load(reader);
        return stream.Documents.Count == 0 ? null : Of(stream.Documents[0].RootNode);
    }

    public static JsonNode? Of(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Of(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Of)]),
        YamlScalarNode scalar => Of(scalar),
        _ => throw new InvalidOperationException($"a YAML node of kind {node.NodeType}"),
    };

    private static JsonValue? Of(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any)) return JsonValue.Create(text);
        return text switch
        {
            "" or "null" or "~" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var step in path) node = node is JsonObject o ? o[step] : null;
        return node;
    }

    public static IEnumerable<JsonNode> List(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonArray list ? list.OfType<JsonNode>() : [];

    public static IEnumerable<KeyValuePair<string, JsonNode?>> Map(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonObject map ? map : [];

    /// <summary>The scalar at a path as text; empty when there is none.</summary>
    public static string Text(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonValue value ? value.ToString() : "";

    public static bool Is(this JsonNode? node, bool wanted, params ReadOnlySpan<string> path) => node.At(path) is JsonValue value && value.TryGetValue<bool>(out var found) && found == wanted;

    /// <summary>Whether a set of labels has all that a selector demands; an empty selector selects nothing here.</summary>
    public static bool Selects(this JsonNode? selector, JsonNode? labels) => selector is JsonObject { Count: > 0 } wanted && wanted.All(w => labels.Text(w.Key) == w.Value.Text());
}
