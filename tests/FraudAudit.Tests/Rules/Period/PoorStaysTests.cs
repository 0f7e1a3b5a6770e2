namespace MedInsure.FraudAudit.Tests.Rules.Period;

[Trait("Category", "Golden")]
public sealed class PoorStaysTests
{
    private const string Rule = "MI10000205051000";

    [Theory]
    [InlineData(11, 9, 1)]
    [InlineData(10, 10, 0)] // half is not above half
    [InlineData(11, 8, 0)] // 19 stays are too few
    public void AboveHalf(int poor, int others, int found) =>
        Assert.Equal(Enumerable.Repeat(poor * 100_000L, found), MonthBills.Audit(Rule, Enumerable.Range(0, poor + others).Select(i => MonthBills.Stay($"P{i}", 20261101, 20261105, poor: i < poor))).Select(v => v.InScopeFen));
}
