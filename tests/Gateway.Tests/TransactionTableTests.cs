using System.Text.Json.Nodes;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;

namespace MedInsure.Gateway.Tests;

[Trait("Category", "Unit")]
public sealed class TransactionTableTests
{
    public static readonly string[] Issued =
    [
        "9001", "1101", "1201", "1312", "1318", "1319", "2001", "2201", "2202", "2203", "2203A", "2204", "2205", "2206", "2206A", "2207", "2207A", "2208",
        "2401", "2402", "2403", "2404", "2405", "2301", "2302", "2303", "2304", "2305", "2101", "2102", "2103", "2501", "2502", "2503", "2504", "2601", "3101", "3102", "3103", "3501", "3502", "3503", "3504", "3505", "3506", "3507",
        "3201", "3202", "3203", "3204", "3205A", "3206A", "13203", "9101", "9102", "5201", "5203", "5204", "5206", "5301", "5368", "9002",
    ];

    [Fact]
    public void EveryTransaction_IsOpen() => Assert.Equal(Issued.Order(), TransactionTable.All.SelectMany(t => t.Numbers).Order());

    [Fact]
    public void FieldTables_NameEveryFieldOnceAndInChinese()
    {
        foreach (var node in TransactionTable.All.SelectMany(t => t.Nodes).Append(Envelope.Fields))
        {
            Assert.Equal(node.Fields.Count, node.Fields.Select(f => f.Name).Distinct().Count());
            Assert.All(node.Fields, f => Assert.Contains(f.Label, c => c > 0x4e00));
            Assert.All(node.Fields, f => Assert.InRange(f.Length, 1, f.Form switch { FieldForm.Number => 16, FieldForm.Bytes => 3, _ => 4000 }));
            Assert.All(node.Fields, f => Assert.True(f.Name.All(char.IsAscii)));
        }
    }

    [Fact]
    public void CodesOfAList_FitTheirField()
    {
        foreach (var field in TransactionTable.All.SelectMany(t => t.Nodes).SelectMany(n => n.Fields))
            if (field.Codes is { } codes) Assert.All(codes.Values, v => Assert.InRange(v.Length, 1, field.Length));
    }

    [Fact]
    public void EachTransaction_IsOneFileWithItsNumber()
    {
        foreach (var transaction in TransactionTable.All)
        {
            var name = transaction.GetType().Name;
            Assert.StartsWith($"T{transaction.Numbers[0]}", name, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Readme_NamesEveryTransaction()
    {
        var readme = File.ReadAllText(Path.Combine(Golden.GoldenScript.Folder, "..", "..", "..", "services", "gateway", "README.md"));
        Assert.All(Issued, number => Assert.Contains(number, readme, StringComparison.Ordinal));
    }

    [Fact]
    public void PublishedTable_HoldsEveryField()
    {
        var json = JsonNode.Parse(TransactionCatalog.Json.Span)!;
        Assert.Equal(Issued.Length, json["transactions"]!.AsArray().Sum(t => t!["infno"]!.AsArray().Count));
        var settle = json["transactions"]!.AsArray().Single(t => t!["infno"]![0]!.GetValue<string>() == "2207")!;
        Assert.Equal("/fsi/api/outpatientSettleService/2207A", settle["addresses"]![1]!.GetValue<string>());
        Assert.Contains(settle["input"]![0]!["fields"]!.AsArray(), f => f!["name"]!.GetValue<string>() == "medfee_sumamt" && f["type"]!.GetValue<string>() == "N16.2" && f["required"]!.GetValue<bool>());
    }
}
