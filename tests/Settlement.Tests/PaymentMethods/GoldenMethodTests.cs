using System.Globalization;
using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.PaymentTerms;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.Tests.PaymentMethods;

/// <summary>The golden cases of golden/payment-methods.yaml, exact to the fen, arithmetic in the file's comments; terms are read as an operator gives them.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenMethodTests
{
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "PaymentMethods", "golden", "payment-methods.yaml");

    public static TheoryData<string> Cases() => [.. Read().Select(c => Text(c, "name")!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_IsDueToTheFen(string name)
    {
        var given = Read().Single(c => Text(c, "name") == name);
        string[] providers = given.Children.TryGetValue("providers", out var named) ? [.. ((YamlSequenceNode)named).Select(n => ((YamlScalarNode)n).Value!).Order(StringComparer.Ordinal)] : ["H1"];
        var read = TermReader.Figures(Text(given, "method")!, JsonElement.Parse(Json(given["terms"])), providers);
        Assert.True(read.Refusal is null, read.Refusal?.English);
        var method = read.Value is Points points ? points with { Table = new GroupTable([.. Items(given, "groups").Select(Group)]) } : read.Value;
        var at = ((YamlSequenceNode)given["at"]).Select(n => Whole(((YamlScalarNode)n).Value)).ToArray();
        var due = method.Due(new TermMonth(at[0], at[1], Text(given, "settlement") == "true"), providers, [.. Items(given, "cases").Select(Case)]);
        var want = ((YamlMappingNode)given["want"]).ToDictionary(w => ((YamlScalarNode)w.Key).Value!, w => Fen(((YamlScalarNode)w.Value).Value));
        Assert.Equal(want.OrderBy(w => w.Key, StringComparer.Ordinal), due.Select(d => KeyValuePair.Create(d.Provider, d.DueFen)));
        if (given.Children.TryGetValue("says", out var says))
            foreach (var part in (YamlSequenceNode)says) Assert.Contains(((YamlScalarNode)part).Value!, due[0].Explanation, StringComparison.Ordinal);
    }

    private static CaseGroup Case(YamlMappingNode node)
    {
        var disease = Text(node, "disease") ?? "";
        return new CaseGroup(Text(node, "provider") ?? "H1", disease, Text(node, "diagnosis") ?? disease, Text(node, "operation") ?? "", Whole(Text(node, "days")), Whole(Text(node, "cases") ?? "1"), Whole(Text(node, "claims") ?? "1"),
            Fen(Text(node, "settled")), Fen(Text(node, "others")), Whole(Text(node, "consultations")));
    }

    private static PaymentGroup Group(YamlMappingNode node) => new(Text(node, "code")!, Text(node, "code")!, Text(node, "diagnosis") ?? "", Text(node, "operation") ?? "", Quantity.TryParse(Text(node, "points"), out var points) ? points.TenThousandths : 0);

    private static IEnumerable<YamlMappingNode> Read()
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Path);
        stream.Load(reader);
        return Items((YamlMappingNode)stream.Documents[0].RootNode, "cases");
    }

    /// <summary>Plain scalars that are numbers become numbers.</summary>
    private static string Json(YamlNode node) => node switch
    {
        YamlMappingNode map => "{" + string.Join(",", map.Select(p => JsonSerializer.Serialize(((YamlScalarNode)p.Key).Value) + ":" + Json(p.Value))) + "}",
        YamlSequenceNode list => "[" + string.Join(",", list.Select(Json)) + "]",
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: { } text } when decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) => text,
        YamlScalarNode { Value: var text } => JsonSerializer.Serialize(text),
        _ => throw new FormatException(),
    };

    private static IEnumerable<YamlMappingNode> Items(YamlMappingNode node, string key) => ((YamlSequenceNode)node[key]).Cast<YamlMappingNode>();
    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value : null;
    private static int Whole(string? text) => text is null ? 0 : int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    private static long Fen(string? text) => text is null ? 0 : Kernel.Fen.TryParseYuan(text, out var fen) ? fen.Value : throw new FormatException(text);
}
