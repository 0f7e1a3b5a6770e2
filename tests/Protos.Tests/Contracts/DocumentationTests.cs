using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;

namespace MedInsure.Protos.Tests.Contracts;

/// <summary>insurer.v1 is read by people who cannot ask: everything in it says what it means, and numbers say in which unit.</summary>
[Trait("Category", "Repo")]
public sealed partial class DocumentationTests
{
    /// <summary>How a field's name ends, and what its comment must hold then.</summary>
    private static readonly (string Ending, string Unit)[] Units = [("_fen", "fen"), ("_on", "yyyyMMdd"), ("_month", "yyyyMM"), ("_at_ms", "milliseconds"), ("_bp", "basis points"), ("_micro_yuan", "millionths of a yuan"), ("_e4", "ten-thousandths")];

    /// <summary>Numbers that count things, or are no quantity at all: their comments say what.</summary>
    private static readonly string[] Counts = ["cursor", "_cursor", "heads", "_count", "year", "number", "version", "_version", "page_size"];

    [GeneratedRegex(@"^\s*(message|enum|service|rpc)\s+(\w+)|^\s*(?:(?:repeated|optional)\s+)?([\w.]+)\s+(\w+)\s*=\s*\d+;|^\s*(\w+)\s*=\s*\d+;")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"//\s*(\S.*)$")]
    private static partial Regex Comment();

    private sealed record Declared(string Kind, string Name, string Type, string Comment);

    private static List<Declared> Read(string text)
    {
        var (found, before) = (new List<Declared>(), "");
        foreach (var line in text.Split('\n'))
        {
            var comment = Comment().Match(line) is { Success: true } c ? c.Groups[1].Value.Trim() : "";
            if (line.TrimStart().StartsWith("//", StringComparison.Ordinal)) { before = $"{before} {comment}".Trim(); continue; }
            var code = line.Split("//")[0];
            var (match, said) = (Declaration().Match(code), $"{before} {comment}".Trim());
            if (match.Groups[1].Success) found.Add(new(match.Groups[1].Value, match.Groups[2].Value, "", before));
            else if (match.Groups[4].Success) found.Add(new("field", match.Groups[4].Value, match.Groups[3].Value, said));
            else if (match.Groups[5].Success) found.Add(new("value", match.Groups[5].Value, "", said));
            before = "";
        }
        return found;
    }

    private static IEnumerable<string> Violations(string text)
    {
        foreach (var d in Read(text))
        {
            if (d.Comment.Length < 3) { yield return $"{d.Kind} {d.Name} does not say what it means"; continue; }
            if (d.Kind != "field" || d.Type is not ("int32" or "int64")) continue;
            if (Units.FirstOrDefault(u => $"_{d.Name}".EndsWith(u.Ending, StringComparison.Ordinal)) is { Unit: { } unit }) { if (!d.Comment.Contains(unit, StringComparison.Ordinal)) yield return $"field {d.Name} does not say that it is in {unit}"; }
            else if (!Counts.Any(c => c[0] == '_' ? d.Name.EndsWith(c, StringComparison.Ordinal) : d.Name == c)) yield return $"field {d.Name} has no unit in its name";
        }
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contracts", file));

    [Fact]
    public void Insurer_SaysWhatEverythingMeans() => Assert.Empty(ContractPromise.Insurer.SelectMany(f => Violations(Text(f.Name))));

    [Fact]
    public void Nothing_IsOverlooked()
    {
        foreach (var file in ContractPromise.Insurer)
        {
            var found = Read(Text(file.Name)).CountBy(d => d.Kind).ToDictionary();
            int Count(string kind) => found.GetValueOrDefault(kind);
            Assert.Equal((file.MessageType.Count, file.MessageType.Sum(m => m.Field.Count), file.EnumType.Count, file.EnumType.Sum(e => e.Value.Count), file.Service.Count, file.Service.Sum(s => s.Method.Count)),
                (Count("message"), Count("field"), Count("enum"), Count("value"), Count("service"), Count("rpc")));
            Assert.All(file.MessageType, (DescriptorProto m) => Assert.Empty(m.NestedType)); // the reader here knows no nesting
        }
    }

    [Theory]
    [InlineData("message A {\n}", "message A does not say what it means")]
    [InlineData("// An A.\nmessage A {\n  string b = 1;\n}", "field b does not say what it means")]
    [InlineData("// An A.\nmessage A {\n  string b = 1; //\n}", "field b does not say what it means")]
    [InlineData("// An A.\nmessage A {\n  string c = 2; // of the A before\n  repeated string b = 1;\n}", "field b does not say what it means")]
    [InlineData("// An A.\nmessage A {\n  int64 b_fen = 1; // what is paid\n}", "field b_fen does not say that it is in fen")]
    [InlineData("// An A.\nmessage A {\n  int32 on = 1; // the day\n}", "field on does not say that it is in yyyyMMdd")]
    [InlineData("// An A.\nmessage A {\n  int64 b_at_ms = 1; // when\n}", "field b_at_ms does not say that it is in milliseconds")]
    [InlineData("// An A.\nmessage A {\n  int32 month = 1; // when\n}", "field month does not say that it is in yyyyMM")]
    [InlineData("// An A.\nmessage A {\n  int64 amount = 1; // what is paid\n}", "field amount has no unit in its name")]
    [InlineData("// An E.\nenum E {\n  E_B = 1;\n}", "value E_B does not say what it means")]
    [InlineData("// An S.\nservice S {\n  rpc Go(A) returns (B);\n}", "rpc Go does not say what it means")]
    public void WhatSaysTooLittle_IsFound(string text, string violation) => Assert.Contains(violation, Violations(text));

    [Fact]
    public void WhatSaysEnough_IsNot() => Assert.Empty(Violations("// An A.\nmessage A {\n  // Paid, in fen.\n  int64 b_fen = 1;\n  int64 cursor = 2; // counts from 1\n}\noption java_package = \"x\";\n"));
}
