namespace MedInsure.FraudAudit.Tests.Rules.Period;

[Trait("Category", "Golden")]
public sealed class ShareOfCostTests
{
    private static IEnumerable<MedInsure.FraudAudit.Rules.BillSummary> Stays(int count, decimal drug = 300, decimal exam = 200, decimal material = 100, decimal treatment = 200) =>
        Enumerable.Range(0, count).Select(i => MonthBills.Stay($"P{i}", 20261101, 20261108, 1000, drug, exam, material, treatment));

    [Theory]
    [InlineData("ZB10000205001000", 600.05)]
    [InlineData("ZB10000205002000", 500.05)]
    [InlineData("ZB10000205003000", 400.05)]
    [InlineData("ZB10000205004000", 500.05)]
    public void AboveTheShare_WhatIsBeyondIt(string rule, decimal part)
    {
        // 20 stays of 1,000.00, each 0.05 above its threshold.
        Assert.Equal([100L], Of(rule, part).Select(v => v.InScopeFen));
        Assert.Empty(Of(rule, part - 0.05m));
    }

    [Fact]
    public void NineteenStays_AreTooFewToJudge() => Assert.Empty(MonthBills.Audit("ZB10000205001000", Stays(19, drug: 900)));

    private static IReadOnlyList<MedInsure.FraudAudit.Rules.Violation> Of(string rule, decimal part) => MonthBills.Audit(rule, rule switch
    {
        "ZB10000205001000" => Stays(20, drug: part),
        "ZB10000205002000" => Stays(20, exam: part),
        "ZB10000205003000" => Stays(20, material: part),
        _ => Stays(20, treatment: part),
    });
}
