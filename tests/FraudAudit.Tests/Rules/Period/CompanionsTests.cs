namespace MedInsure.FraudAudit.Tests.Rules.Period;

[Trait("Category", "Golden")]
public sealed class CompanionsTests
{
    private const string Rule = "MI10000203072000";

    [Fact]
    public void ThreeTogetherOnFourDays_Each() =>
        Assert.Equal(["A", "B", "C"], MonthBills.Audit(Rule, Enumerable.Range(1, 4).SelectMany(d => new[] { MonthBills.Visit("A", 20261100 + d, 0), MonthBills.Visit("B", 20261100 + d, 3), MonthBills.Visit("C", 20261100 + d, 6) })).Select(v => v.Claim.PsnNo));

    [Fact]
    public void TwinsTogether_Nothing() =>
        Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(1, 20).SelectMany(d => new[] { MonthBills.Visit("A", 20261100 + d, 0), MonthBills.Visit("B", 20261100 + d, 3) })));

    [Fact]
    public void ThreeDays_Nothing() =>
        Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(1, 3).SelectMany(d => new[] { MonthBills.Visit("A", 20261100 + d, 0), MonthBills.Visit("B", 20261100 + d, 3), MonthBills.Visit("C", 20261100 + d, 6) })));

    [Fact]
    public void OnTheSameDialysisDays_Nothing() =>
        Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(1, 12).SelectMany(d => new[] { MonthBills.Visit("A", 20261100 + d, 0, medType: "140201"), MonthBills.Visit("B", 20261100 + d, 3, medType: "140201"), MonthBills.Visit("C", 20261100 + d, 6, medType: "140201") })));
}
