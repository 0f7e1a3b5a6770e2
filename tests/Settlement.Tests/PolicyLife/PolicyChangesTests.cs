using MedInsure.Settlement.PolicyLife;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>What a bureau reads before it approves: every value that changes, with its clause, and nothing else.</summary>
[Trait("Category", "Unit")]
public sealed class PolicyChangesTests
{
    private static readonly string Harbin = PolicyTexts.Program;

    private static IEnumerable<string> Shown(string after) => PolicyChanges.Between(Harbin, after).Select(c => $"{c.Place} [{c.RuleZh}]: {c.Before?.Value ?? "-"} -> {c.After?.Value ?? "-"}");

    private static string Changed(string what, string with)
    {
        Assert.Contains(what, Harbin, StringComparison.Ordinal);
        return Harbin.Replace(what, with, StringComparison.Ordinal);
    }

    [Fact]
    public void SamePack_HasNoChanges()
    {
        foreach (var (_, text) in TestPacks.Files()) Assert.Empty(PolicyChanges.Between(text, text));
        Assert.Empty(PolicyChanges.Between(Harbin, Harbin.Replace("\n", "\n\n", StringComparison.Ordinal) + "# a remark\n"));
    }

    [Fact]
    public void ChangedValue_IsShownWithItsConditionItsRuleAndItsClause()
    {
        var change = Assert.Single(PolicyChanges.Between(Harbin, Changed("{when: {person: adult, level: \"3\"}, amount: 720 yuan}", "{when: {person: adult, level: \"3\"}, amount: 800 yuan}")));
        Assert.Equal(("basic_fund/rules[inpatient]/deductible/values[person=adult level=3]/amount", "住院", "Inpatient"), (change.Place, change.RuleZh, change.RuleEn));
        Assert.Equal(("720 yuan", "800 yuan"), (change.Before!.Value, change.After!.Value));
        // The table's, which the row inherits.
        Assert.Equal(("Hb 居民 起付标准", "Hb 居民 起付标准"), (change.Before.Clause, change.After.Clause));
        Assert.Equal("720 yuan", Harbin.Split('\n')[change.Before.Line - 1].Split("amount: ")[1].TrimEnd('}'));
    }

    [Fact]
    public void RowThatMoves_IsNoChange()
    {
        const string first = "          - {when: {person: child, level: \"3\"}, amount: 400 yuan}\n", second = "          - {when: {person: child, level: \"2\"}, amount: 300 yuan}\n";
        Assert.Empty(Shown(Changed(first + second, second + first)));
    }

    [Fact]
    public void NewRowAndLostRow_AreShown()
    {
        const string row = "          - {when: {person: child, level: \"2\"}, amount: 300 yuan}\n";
        Assert.Equal(["basic_fund/rules[inpatient]/deductible/values[person=child level=2]/when/person [住院]: child -> -", "basic_fund/rules[inpatient]/deductible/values[person=child level=2]/when/level [住院]: 2 -> -",
            "basic_fund/rules[inpatient]/deductible/values[person=child level=2]/amount [住院]: 300 yuan -> -"], Shown(Changed(row, "")));
        Assert.Contains("person_classes[old]/zh [老年]: - -> 老年", Shown(Changed("person_classes:\n", "person_classes:\n  - {id: old, zh: 老年, en: the old, age: 60-}\n")));
    }

    [Fact]
    public void ChangedClauseAlone_IsAChange()
    {
        var change = Assert.Single(PolicyChanges.Between(Harbin, Changed("source: \"Hb 居民 住院支付比例: at least 70 %\"", "source: \"Hb 居民 住院支付比例: new decree\"")));
        Assert.Equal(("70 %", "70 %", "Hb 居民 住院支付比例: new decree"), (change.Before!.Value, change.After!.Value, change.After.Clause));
    }

    [Fact]
    public void ValueByDate_IsKnownByItsFirstDay()
    {
        const string before = "values:\n  - {from: 2026-01-01, to: null, amount: 1 yuan, source: A}\n";
        const string after = "values:\n  - {from: 2026-01-01, to: 2026-12-31, amount: 1 yuan, source: A}\n  - {from: 2027-01-01, to: null, amount: 2 yuan, assumed: true, reason: B}\n";
        Assert.Equal(["values[from=2026-01-01]/to: null -> 2026-12-31", "values[from=2027-01-01]/from: - -> 2027-01-01", "values[from=2027-01-01]/to: - -> null", "values[from=2027-01-01]/amount: - -> 2 yuan"],
            PolicyChanges.Between(before, after).Select(c => $"{c.Place}: {c.Before?.Value ?? "-"} -> {c.After?.Value ?? "-"}"));
        Assert.Equal("assumed: B", PolicyChanges.Between(before, after)[^1].After!.Clause);
    }

    [Fact]
    public void RowsUnderTheSameCondition_AreToldApart() => Assert.Equal(["rows[level=1]/amount#2: 2 -> 3"],
        PolicyChanges.Between("rows:\n  - {when: {level: 1}, amount: 1}\n  - {when: {level: 1}, amount: 2}\n", "rows:\n  - {when: {level: 1}, amount: 1}\n  - {when: {level: 1}, amount: 3}\n").Select(c => $"{c.Place}: {c.Before?.Value} -> {c.After?.Value}"));
}
