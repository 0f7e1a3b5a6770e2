using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>The block year_end: what a mistake in it is told as.</summary>
[Trait("Category", "Unit")]
public sealed class YearEndRuleTests
{
    private static readonly string Good = File.ReadAllText(Path.Combine(TestPacks.Folder, "test", "year-end.yaml"));

    [Fact]
    public void GoodPack_HasNothingWrong() => Assert.Empty(PolicyLint.Check("test/year-end.yaml", Good));

    [Theory]
    [InlineData("per: stay", "per: month", "is neither stay nor year")]
    [InlineData("of: in_scope", "of: pool", "is not one of total_cost, in_scope, borne")]
    [InlineData("steps: [{reached: 10000 yuan, amount: 500 yuan}]", "steps: [{reached: 10000 yuan, amount: 500 yuan}, {reached: 10000 yuan, amount: 600 yuan}]", "10000.00 yuan is not above the step before")]
    [InlineData("steps: [{reached: 10000 yuan, amount: 500 yuan}]", "steps: [{reached: 10000 yuan, amount: 500}]", "is no amount like")]
    [InlineData("steps: [{reached: 10000 yuan, amount: 500 yuan}]", "ratio: 5 %, steps: [{reached: 10000 yuan, amount: 500 yuan}]", "exactly one of 'steps', 'ratio', 'bands'")]
    [InlineData("source: T steps, ", "", "neither a 'source'")]
    [InlineData("when: {category: low_income}, ratio: 50 %", "when: {level: \"3\"}, ratio: 50 %", "can depend on 'person' and 'category' only")]
    [InlineData("    choose: first\n", "", "need 'choose'")]
    [InlineData("{to: 10000 yuan, ratio: 20 %}", "{from: 6000 yuan, to: 10000 yuan, ratio: 20 %}", "the bands do not meet")]
    [InlineData("id: burden", "id: high_level", "is already taken")]
    [InlineData("when: {visit: inpatient, level: \"3\"}", "when: {visit: surgery}", "'surgery' is not known")]
    [InlineData("    of: borne\n", "    of: borne\n    at_most: {of: total, source: T x}\n", "is not 'borne'")]
    [InlineData("    of: borne\n", "    of: borne\n    at_most: {of: borne}\n", "neither a 'source'")]
    [InlineData("when: {visit: inpatient, level: \"3\"}", "when: {visit: inpatient, level: \"3\", month_reached: \"2\"}", "'month_reached' has no meaning")]
    public void Mistake_IsToldWithItsLine(string find, string replace, string told)
    {
        Assert.Contains(find, Good);
        var problems = PolicyLint.Check("test/year-end.yaml", Good.Replace(find, replace, StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Message.Contains(told, StringComparison.Ordinal) && p.Line > 1);
    }

    [Fact]
    public void RowThatNeverDecides_IsFound()
    {
        var text = Good.Replace("      - {source: T steps,", "      - {source: T steps, when: {level: \"2\"}, ratio: 10 %}\n      - {source: T steps,", StringComparison.Ordinal);
        Assert.Contains(PolicyLint.Check("test/year-end.yaml", text), p => p.Message.Contains("unreachable", StringComparison.Ordinal));
    }
}
