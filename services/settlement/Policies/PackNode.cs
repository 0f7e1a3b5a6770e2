using System.Globalization;
using MedInsure.Kernel;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.Policies;

/// <summary>A pack that cannot be read. The message begins with file and line: harbin/resident.yaml:12: …</summary>
public sealed class PolicyFormatException(string file, long line, string what) : Exception($"{file}:{line}: {what}")
{
    public string File { get; } = file;
    public long Line { get; } = line;
}

/// <summary>A mapping of a pack, read strictly: every key is either asked for or refused, every error names file and line.</summary>
internal sealed class PackNode
{
    private readonly string file;
    private readonly YamlMappingNode map;
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    public PackNode(string file, YamlNode node)
    {
        this.file = file;
        map = node as YamlMappingNode ?? throw new PolicyFormatException(file, node.Start.Line, "a mapping is expected here");
    }

    /// <summary>Parses a whole file.</summary>
    public static PackNode Parse(string file, string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count != 1) throw new PolicyFormatException(file, 1, "exactly one document is expected");
            return new PackNode(file, stream.Documents[0].RootNode);
        }
        catch (YamlException e)
        {
            throw new PolicyFormatException(file, e.Start.Line, e.InnerException?.Message ?? e.Message);
        }
        catch (InvalidOperationException e)
        {
            // The parser's answer to some broken nestings; it does not say where.
            throw new PolicyFormatException(file, 1, $"not readable as YAML: {e.Message}");
        }
    }

    public string File => file;
    public long Line => map.Start.Line;

    public PolicyFormatException Error(string what) => new(file, Line, what);

    public PolicyFormatException Error(string key, string what) =>
        new(file, map.Children.TryGetValue(key, out var node) ? node.Start.Line : Line, $"{key}: {what}");

    public bool Has(string key) => map.Children.ContainsKey(key);

    public PackNode Child(string key) => new(file, Node(key) ?? throw Error($"'{key}' is missing"));

    public PackNode? OptionalChild(string key) => Node(key) is { } node ? new PackNode(file, node) : null;

    /// <summary>The mappings of a list; an absent list is empty.</summary>
    public IReadOnlyList<PackNode> Children(string key) => Node(key) switch
    {
        null => [],
        YamlSequenceNode list => list.Children.Select(n => new PackNode(file, n)).ToArray(),
        var other => throw new PolicyFormatException(file, other.Start.Line, $"{key}: a list is expected"),
    };

    /// <summary>The entries of a mapping whose keys are names: statistics, sources.</summary>
    public IReadOnlyList<(string Key, PackNode Node)> Named(string key)
    {
        if (Node(key) is not { } node) return [];
        if (node is not YamlMappingNode named) throw new PolicyFormatException(file, node.Start.Line, $"{key}: a mapping is expected");
        return named.Children.Select(c => (((YamlScalarNode)c.Key).Value!, new PackNode(file, c.Value))).ToArray();
    }

    public string Text(string key) => OptionalText(key) ?? throw Error($"'{key}' is missing");

    /// <summary>Null: the key is absent or its value is null.</summary>
    public string? OptionalText(string key) => Node(key) switch
    {
        null => null,
        YamlScalarNode { Value: { } value } scalar => IsNull(scalar) ? null : value,
        var other => throw new PolicyFormatException(file, other.Start.Line, $"{key}: a single value is expected"),
    };

    /// <summary>A single value or a list of them; absent = null.</summary>
    public string[]? OptionalTexts(string key)
    {
        switch (Node(key))
        {
            case null: return null;
            case YamlScalarNode { Value: { } value }: return [value];
            case YamlSequenceNode list:
                if (list.Children.Count == 0) throw Error(key, "the list is empty");
                return list.Children.Select(n => (n as YamlScalarNode)?.Value ?? throw new PolicyFormatException(file, n.Start.Line, $"{key}: single values are expected")).ToArray();
            case var other: throw new PolicyFormatException(file, other.Start.Line, $"{key}: a value or a list is expected");
        }
    }

    public bool? OptionalFlag(string key) => OptionalText(key) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw Error(key, $"'{text}' is neither true nor false"),
    };

    public int? OptionalNumber(string key) => OptionalText(key) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : throw Error(key, $"'{text}' is no whole number");

    public DateOnly? OptionalDay(string key) => OptionalText(key) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw Error(key, $"'{text}' is no day yyyy-MM-dd");

    /// <summary>"70 %" as 7,000 bp; at most two decimals, 0 to 100 %.</summary>
    public BasisPoints Percent(string key)
    {
        var text = Text(key);
        var ratio = PercentOf(key, text);
        return ratio <= BasisPoints.Full ? ratio : throw Error(key, $"'{text}' is more than 100 %");
    }

    /// <summary>"720 yuan".</summary>
    public Fen Yuan(string key) => YuanOf(key, Text(key));

    public Fen YuanOf(string key, string text)
    {
        if (!text.EndsWith(" yuan", StringComparison.Ordinal) || !Fen.TryParseYuan(text.AsSpan(0, text.Length - 5), out var fen) || fen.IsNegative)
            throw Error(key, $"'{text}' is no amount like '720 yuan'");
        return fen;
    }

    public BasisPoints PercentOf(string key, string text)
    {
        if (!text.EndsWith(" %", StringComparison.Ordinal) || !FixedPoint.TryParse(text.AsSpan(0, text.Length - 2), 2, out var bp) || bp is < 0 or > int.MaxValue)
            throw Error(key, $"'{text}' is no percentage like '70 %'");
        return new BasisPoints((int)bp);
    }

    /// <summary>Keys that another pass reads.</summary>
    public void Accept(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys) read.Add(key);
    }

    /// <summary>Refuses keys that nothing asked for: a misspelt key must not be silently without effect.</summary>
    public void Done()
    {
        foreach (var (key, node) in map.Children)
        {
            if (key is YamlScalarNode { Value: { } name } && read.Contains(name)) continue;
            throw new PolicyFormatException(file, key.Start.Line, $"'{key}' is not known here");
        }
    }

    private YamlNode? Node(string key)
    {
        read.Add(key);
        return map.Children.TryGetValue(key, out var node) && node is not YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" } ? node : null;
    }

    private static bool IsNull(YamlScalarNode scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
}
