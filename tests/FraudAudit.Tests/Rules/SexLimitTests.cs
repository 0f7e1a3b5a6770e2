using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules;

[Trait("Category", "Golden")]
public sealed class SexLimitTests
{
    private const string Drug = "GZ10000301004000", Item = "GZ10000302004000";

    private static KnowledgePoint Point(string rule) => Bill.Point(rule, "X1", gend: "1");

    [Theory]
    [InlineData(Drug)]
    [InlineData(Item)]
    public void ForMen_ForAWoman_ItsInScopeMoney(string rule)
    {
        var found = Assert.Single(Bill.Audit(rule, Bill.Visit(lines: [Bill.Line("X1", 12.30m), Bill.Line("X2", 5m)]), points: [Point(rule)]));
        Assert.Equal((1230, "X1-1", "X1"), (found.InScopeFen, found.Subject, Assert.Single(found.Lines).MedListCode));
        Assert.Contains("限男性", found.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("9")]
    public void ForAMan_OrUnknown_Nothing(string gend)
    {
        var visit = Bill.Visit(lines: [Bill.Line("X1")]);
        visit.Gend = gend;
        Assert.Empty(Bill.Audit(Drug, visit, points: [Point(Drug)]));
        Assert.Empty(Bill.Audit(Item, visit, points: [Point(Item)]));
    }

    [Fact]
    public void PointNotValidOnTheDay_Nothing() => Assert.Empty(Bill.Audit(Drug, Bill.Visit(lines: [Bill.Line("X1")]), points: [Point(Drug) with { FromOn = 20261103 }]));

    [Fact]
    public void LastDayOfThePoint_StillCounts() => Assert.Single(Bill.Audit(Drug, Bill.Visit(lines: [Bill.Line("X1")]), points: [Point(Drug) with { ToOn = 20261102 }]));

    [Fact]
    public void TakenBackInTheSameBill_Nothing()
    {
        var line = Bill.Line("X1", 10m, quantity: 2);
        Assert.Empty(Bill.Audit(Drug, Bill.Visit(lines: [line, Bill.Back(line)]), points: [Point(Drug)]));
    }

    [Fact]
    public void TakesBackALineOfAnotherBill_Nothing()
    {
        var back = Bill.Back(Bill.Line("X1", 10m));
        Assert.Empty(Bill.Audit(Drug, Bill.Visit(lines: [back, Bill.Line("X2")]), points: [Point(Drug)]));
        Assert.Empty(Bill.Audit("GZ10000101010000", Bill.Visit(lines: [back, Bill.Line("X2")]), points: [Bill.Point("GZ10000101010000", "X1", limit: 0)]));
    }
}
