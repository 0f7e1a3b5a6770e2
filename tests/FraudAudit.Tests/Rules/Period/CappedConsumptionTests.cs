namespace MedInsure.FraudAudit.Tests.Rules.Period;

[Trait("Category", "Golden")]
public sealed class CappedConsumptionTests
{
    private const string Rule = "MI10000203073000";

    [Theory]
    [InlineData(5, 50_000, 5)]
    [InlineData(4, 50_000, 0)]
    [InlineData(5, 50_001, 0)]
    [InlineData(5, -1, 0)] // no limit
    public void PersonsOfOneProviderAtTheirLimit(int persons, long left, int found) =>
        Assert.Equal(found, MonthBills.Audit(Rule, Enumerable.Range(0, persons).Select(i => MonthBills.Visit($"P{i}", 20261103, i * 30, poolLeft: left, fund: 5000))).Count);
}
