using System.Collections.Frozen;
using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules.Drugs;

[Trait("Category", "Golden")]
public sealed class DuplicateMedicationTests
{
    private const string Rule = "MI10000301051000";
    private static readonly KnowledgePoint Class = Bill.Point(Rule, "X1") with { Codes = new[] { "X1", "X2" }.ToFrozenSet(), ItemName = "质子泵抑制剂" };

    [Theory]
    [InlineData(7, 1)]
    [InlineData(6, 0)]
    public void TwoOfAClassInABill_ForAWeek(int days, int count) => Assert.Equal(count, Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X1", 14), Bill.Line("X2", days)]), points: [Class]).Count);

    [Theory]
    [InlineData(20261024, "X2", 1)] // 14 days from then cover the first 5, 30 cover 21
    [InlineData(20261024, "X1", 1)]
    [InlineData(20261009, "X1", 0)] // lasts to 2026-11-07: six days
    [InlineData(20261010, "X1", 1)]
    public void StillCoveredByABillBefore(int on, string code, int count) =>
        Assert.Equal(count, Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X1", 30)]), [Bill.Visit(on, provider: "H2", lines: [Bill.Line(code, 30, on)])], [Class]).Count);

    [Fact]
    public void Money_OfTheDaysCoveredTwice()
    {
        var found = Assert.Single(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X1", 30, amount: 30m)]), [Bill.Visit(20261018, lines: [Bill.Line("X2", 30, 20261018)])], [Class]));
        Assert.Equal((1500, 1), (found.InScopeFen, found.Earlier.Count)); // 2026-11-02 to 2026-11-16
    }

    [Fact]
    public void OneDrugEveryDayOfAStay_OrWithStockAtHome_Nothing()
    {
        var stay = Bill.Stay(20261101, 20261110, lines: [.. Enumerable.Range(1, 10).Select(d => Bill.Line("X1", 10m, 20261100 + d))]);
        Assert.Empty(Bill.Audit(Rule, stay, [Bill.Visit(20261030, lines: [Bill.Line("X2", 30, 20261030)])], [Class]));
    }

    [Fact]
    public void TwoDrugsOfAClassEveryDayOfAStay_Found()
    {
        var stay = Bill.Stay(20261101, 20261110, lines: [.. Enumerable.Range(1, 10).SelectMany(d => new[] { Bill.Line("X1", 10m, 20261100 + d), Bill.Line("X2", 5m, 20261100 + d) })]);
        Assert.Equal(5000, Assert.Single(Bill.Audit(Rule, stay, points: [Class])).InScopeFen);
    }
}
