using System.Text.RegularExpressions;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Simulation;

/// <summary>Drafts made of the packs that come with the program.</summary>
internal static class Drafts
{
    private static readonly string[] Calculated = ["pack", "version", "insutype", "name", "sources", "in_force", "statistics", "person_classes", "visits", "basic_fund", "layers", "personal_account"];

    public static string Text(string pack)
    {
        using var reader = new StreamReader(typeof(PolicyLibrary).Assembly.GetManifestResourceStream($"policies/{pack}.yaml")!);
        return reader.ReadToEnd();
    }

    /// <summary>A pack under the version "draft" with other values; every replacement must be found.</summary>
    public static string Of(string pack, string from = "2020-01-01", params (string Old, string New)[] changes)
    {
        var text = Regex.Replace(Text(pack), "(?m)^version: .*$", "version: \"draft\"");
        // What a pack says besides the calculation has dates of its own, which a later beginning does not hold.
        text = string.Concat(Regex.Split(text, @"(?m)^(?=[a-z_]+:)").Where(block => Calculated.Contains(block.Split(':')[0]) || block.StartsWith('#')));
        foreach (var (old, fresh) in (ReadOnlySpan<(string, string)>)[("from: 2020-01-01", $"from: {from}"), .. changes])
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, fresh, StringComparison.Ordinal);
        }
        return text;
    }

    public static BenefitPolicy Read(string text) => PolicyReader.Read("draft.yaml", text);

    /// <summary>A draft that changes deductibles, ratios, the critical illness insurance and caps of the scheme.</summary>
    public static string Changed(string pack, string from = "2020-01-01") => pack switch
    {
        "harbin/resident" => Of(pack, from, ("amount: 720 yuan}", "amount: 500 yuan}"), ("amount: 240 yuan}", "amount: 300 yuan}"), ("ratio: 70 %, source: \"Hb 居民", "ratio: 78.5 %, source: \"Hb 居民"), ("- deductible: 14000 yuan", "- deductible: 9000 yuan"),
            ("amount: 6 x disposable_income", "amount: 5 x disposable_income"), ("{amount: 300 yuan, source: \"Hb 门诊", "{amount: 450 yuan, source: \"Hb 门诊")),
        "harbin/employee" => Of(pack, from, ("amount: 720 yuan,", "amount: 900 yuan,"), ("ratio: 75 %", "ratio: 82 %"), ("amount: 4 x average_wage", "amount: 1 x average_wage")),
        _ => Of(pack, from, ("{when: {level: \"3\"}, ratio: 75 %}", "{when: {level: \"3\"}, ratio: 68 %}"), ("{when: {level: \"2\"}, amount: 500 yuan}", "{when: {level: \"2\"}, amount: 350 yuan}")),
    };
}
