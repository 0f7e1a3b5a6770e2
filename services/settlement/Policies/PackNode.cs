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

/// <summary>One reading of a pack file: what was found wrong, in the order of finding, and which keys were asked for where.</summary>
/// <param name="strict">The first thing that is wrong ends the reading.</param>
internal sealed class PackReading(string file, bool strict)
{
    private readonly List<PolicyFormatException> problems = [];

    public string File => file;
    public IReadOnlyList<PolicyFormatException> Problems => problems;
    /// <summary>By the place of a mapping, "basic_fund/rules/ratio/values": the keys that the reader knows there.</summary>
    public Dictionary<string, HashSet<string>> Known { get; } = new(StringComparer.Ordinal);

    public void Note(PolicyFormatException problem)
    {
        if (strict) throw problem;
        problems.Add(problem);
    }
}

/// <summary>
/// A mapping of a pack, read strictly: every key is either asked for or refused, every error names file and line. A value that cannot be read is noted
/// and replaced, so that one reading finds all that is wrong; where going on makes no sense the error is thrown.
/// </summary>
internal sealed class PackNode
{
    private readonly PackReading reading;
    private readonly string place;
    private readonly YamlMappingNode map;
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    private PackNode(PackReading reading, string place, YamlNode node)
    {
        (this.reading, this.place) = (reading, place);
        map = node as YamlMappingNode ?? throw new PolicyFormatException(reading.File, node.Start.Line, "a mapping is expected here");
    }

    /// <summary>Parses a whole file, to be read up to its first error.</summary>
    public static PackNode Parse(string file, string text) => Parse(new PackReading(file, strict: true), text);

    public static PackNode Parse(PackReading reading, string text)
    {
        var file = reading.File;
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count != 1) throw new PolicyFormatException(file, 1, "exactly one document is expected");
            return new PackNode(reading, "", stream.Documents[0].RootNode);
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

    public long Line => map.Start.Line;

    public PolicyFormatException Error(string what) => new(reading.File, Line, what);

    public PolicyFormatException Error(string key, string what) =>
        new(reading.File, map.Children.TryGetValue(key, out var node) ? node.Start.Line : Line, $"{key}: {what}");

    public void Wrong(string what) => reading.Note(Error(what));

    /// <summary>Notes the error and goes on with a value that causes no other one.</summary>
    public T Wrong<T>(string key, string what, T instead)
    {
        reading.Note(Error(key, what));
        return instead;
    }

    /// <summary>Reads one part of the file; where it cannot be read at all, the rest is.</summary>
    public T? Try<T>(Func<T> part)
    {
        try
        {
            return part();
        }
        catch (PolicyFormatException e)
        {
            reading.Note(e);
            return default; // noted, and the rest is read
        }
    }

    public bool Has(string key) => map.Children.ContainsKey(key);

    public PackNode Child(string key) => Below(key, Node(key) ?? throw Error($"'{key}' is missing"));

    public PackNode? OptionalChild(string key) => Node(key) is { } node ? Below(key, node) : null;

    /// <summary>Null: absent, or a single value instead of a mapping.</summary>
    public PackNode? OptionalMapping(string key) => Node(key) is YamlMappingNode node ? Below(key, node) : null;

    /// <summary>The mappings of a list; an absent list is empty.</summary>
    public IReadOnlyList<PackNode> Children(string key) => Node(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children.Select(n => Try(() => Below(key, n))).OfType<PackNode>()],
        _ => Wrong<IReadOnlyList<PackNode>>(key, "a list is expected", []),
    };

    /// <summary>The entries of a mapping whose keys are names: statistics, sources.</summary>
    public IReadOnlyList<(string Key, PackNode Node)> Named(string key) => Node(key) switch
    {
        null => [],
        YamlMappingNode named => [.. named.Children.Select(c => (((YamlScalarNode)c.Key).Value!, Try(() => Below(key, c.Value)))).Where(c => c.Item2 is not null).Select(c => (c.Item1, c.Item2!))],
        _ => Wrong<IReadOnlyList<(string, PackNode)>>(key, "a mapping is expected", []),
    };

    /// <summary>Empty: missing, which is noted; whoever reads the text further says nothing more of it.</summary>
    public string Text(string key)
    {
        if (OptionalText(key) is { Length: > 0 } text) return text;
        if (!Has(key) || map.Children[key] is YamlScalarNode) Wrong($"'{key}' is missing");
        return "";
    }

    /// <summary>Null: the key is absent or its value is null.</summary>
    public string? OptionalText(string key) => Node(key) switch
    {
        null => null,
        YamlScalarNode { Value: { } value } scalar => IsNull(scalar) ? null : value,
        _ => Wrong<string?>(key, "a single value is expected", null),
    };

    /// <summary>A single value or a list of them; absent = null.</summary>
    public string[]? OptionalTexts(string key)
    {
        switch (Node(key))
        {
            case null: return null;
            case YamlScalarNode { Value: { } value }: return [value];
            case YamlSequenceNode list when list.Children.All(n => n is YamlScalarNode { Value: not null }):
                return list.Children.Count > 0 ? [.. list.Children.Select(n => ((YamlScalarNode)n).Value!)] : Wrong<string[]?>(key, "the list is empty", null);
            default: return Wrong<string[]?>(key, "a value or a list of single values is expected", null);
        }
    }

    public bool? OptionalFlag(string key) => OptionalText(key) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => Wrong<bool?>(key, $"'{text}' is neither true nor false", null),
    };

    public int? OptionalNumber(string key) => OptionalText(key) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : Wrong<int?>(key, $"'{text}' is no whole number", null);

    public DateOnly? OptionalDay(string key) => OptionalText(key) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw Error(key, $"'{text}' is no day yyyy-MM-dd");

    /// <summary>"70 %" as 7,000 bp; at most two decimals, 0 to 100 %.</summary>
    public BasisPoints Percent(string key)
    {
        var text = Text(key);
        var ratio = PercentOf(key, text);
        return ratio <= BasisPoints.Full ? ratio : Wrong(key, $"'{text}' is more than 100 %", BasisPoints.Full);
    }

    /// <summary>"720 yuan".</summary>
    public Fen Yuan(string key) => YuanOf(key, Text(key));

    public Fen YuanOf(string key, string text)
    {
        if (text.Length == 0) return Fen.Zero;
        return text.EndsWith(" yuan", StringComparison.Ordinal) && Fen.TryParseYuan(text.AsSpan(0, text.Length - 5), out var fen) && !fen.IsNegative
            ? fen : Wrong(key, $"'{text}' is no amount like '720 yuan'", Fen.Zero);
    }

    public BasisPoints PercentOf(string key, string text)
    {
        if (text.Length == 0) return BasisPoints.Zero;
        return text.EndsWith(" %", StringComparison.Ordinal) && FixedPoint.TryParse(text.AsSpan(0, text.Length - 2), 2, out var bp) && bp is >= 0 and <= int.MaxValue
            ? new BasisPoints((int)bp) : Wrong(key, $"'{text}' is no percentage like '70 %'", BasisPoints.Zero);
    }

    /// <summary>One of a few words; the first of them where it is none.</summary>
    public T Choice<T>(string key, string? text, string what, params ReadOnlySpan<(string Word, T Value)> known)
    {
        foreach (var (word, value) in known) if (text == word) return value;
        return text is null or "" ? known[0].Value : Wrong(key, $"'{text}' {what}", known[0].Value);
    }

    /// <summary>Keys that are known here although another pass reads them, or nothing does this time.</summary>
    public void Accept(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys) read.Add(key);
    }

    /// <summary>Refuses keys that nothing asked for: a misspelt key must not be silently without effect.</summary>
    public void Done()
    {
        if (!reading.Known.TryGetValue(place, out var known)) reading.Known[place] = known = new HashSet<string>(StringComparer.Ordinal);
        known.UnionWith(read);
        foreach (var (key, _) in map.Children)
            if (key is not YamlScalarNode { Value: { } name } || !read.Contains(name)) reading.Note(new PolicyFormatException(reading.File, key.Start.Line, $"'{key}' is not known here"));
    }

    private PackNode Below(string key, YamlNode node) => new(reading, place.Length == 0 ? key : $"{place}/{key}", node);

    private YamlNode? Node(string key)
    {
        read.Add(key);
        return map.Children.TryGetValue(key, out var node) && node is not YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" } ? node : null;
    }

    private static bool IsNull(YamlScalarNode scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
}
