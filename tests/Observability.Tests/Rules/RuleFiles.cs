using YamlDotNet.RepresentationModel;

namespace MedInsure.Observability.Tests.Rules;

/// <param name="Record">Null: an alert.</param>
public sealed record PrometheusRule(string File, string? Record, string? Alert, string Expression, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations);

/// <summary>The files of deploy/observability.</summary>
public static class RuleFiles
{
    public static string Folder { get; } = Path.Combine(Root(), "deploy", "observability");

    public static IReadOnlyList<string> Rules => [.. Directory.GetFiles(Path.Combine(Folder, "rules")).Order(StringComparer.Ordinal)];
    public static IReadOnlyList<string> Tests => [.. Directory.GetFiles(Path.Combine(Folder, "tests")).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<PrometheusRule> All { get; } =
        [.. Rules.SelectMany(file => List(Read(file), "groups").SelectMany(g => List(g, "rules")).Select(r => new PrometheusRule(Path.GetFileName(file), Text(r, "record"), Text(r, "alert"), Text(r, "expr")!, Map(r, "labels"), Map(r, "annotations"))))];

    private static YamlMappingNode Read(string file)
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(file);
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    private static IEnumerable<YamlMappingNode> List(YamlMappingNode node, string key) => ((YamlSequenceNode)node[key]).Cast<YamlMappingNode>();

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value : null;

    private static Dictionary<string, string> Map(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? ((YamlMappingNode)value).ToDictionary(p => ((YamlScalarNode)p.Key).Value!, p => ((YamlScalarNode)p.Value).Value!) : [];

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MedInsure.Platform.sln"))) return folder.FullName;
        throw new InvalidOperationException("MedInsure.Platform.sln is in no folder above the tests");
    }
}
