using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules.Services;

[Trait("Category", "Golden")]
public sealed class WithoutPremiseTests
{
    private const string Consumable = "MI10000303051000", Item = "MI10000302052000";

    [Theory]
    [InlineData(Consumable)]
    [InlineData(Item)]
    public void NothingThatItBelongsTo_Found(string rule)
    {
        var point = Bill.Point(rule, "C1", others: ["F1"]);
        Assert.Equal(50_000, Assert.Single(Bill.Audit(rule, Bill.Stay(20261101, 20261105, lines: [Bill.Line("C1", 500m), Bill.Line("F2")]), points: [point])).InScopeFen);
        Assert.Empty(Bill.Audit(rule, Bill.Stay(20261101, 20261105, lines: [Bill.Line("C1", 500m), Bill.Line("F1", on: 20261104)]), points: [point]));
    }

    [Theory]
    [InlineData(20261030, 0)] // three days before
    [InlineData(20261029, 1)]
    public void InABillBefore_WithinThreeDays(int on, int count)
    {
        KnowledgePoint[] points = [Bill.Point(Item, "C1", others: ["F1"])];
        Assert.Equal(count, Bill.Audit(Item, Bill.Visit(lines: [Bill.Line("C1")]), [Bill.Visit(on, lines: [Bill.Line("F1", on: on)])], points).Count);
    }

    [Fact]
    public void OperationGivenBack_Found()
    {
        var line = Bill.Line("F1", 1000m);
        Assert.Single(Bill.Audit(Consumable, Bill.Stay(20261101, 20261105, lines: [Bill.Line("C1"), line, Bill.Back(line)]), points: [Bill.Point(Consumable, "C1", others: ["F1"])]));
    }

    [Fact]
    public void BeforeTheSettlement_ItDoesNotRun() =>
        Assert.Empty(Bill.Audit(Consumable, Bill.Visit(lines: [Bill.Line("C1")]), points: [Bill.Point(Consumable, "C1", others: ["F1"])], stage: "during"));
}
