using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules.Drugs;

[Trait("Category", "Golden")]
public sealed class DrugSexTests
{
    private const string Rule = "GZ10000301004000";
    private static readonly KnowledgePoint Point = Bill.Point(Rule, "X1", gend: "1");

    [Fact]
    public void DrugForMen_ForAWoman_ItsInScopeMoney()
    {
        var found = Assert.Single(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X1", 12.30m), Bill.Line("X2", 5m)]), points: [Point]));
        Assert.Equal((1230, "X1-1", "X1"), (found.InScopeFen, found.Subject, Assert.Single(found.Lines).MedListCode));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("9")]
    public void ForAMan_OrUnknown_Nothing(string gend)
    {
        var visit = Bill.Visit(lines: [Bill.Line("X1")]);
        visit.Gend = gend;
        Assert.Empty(Bill.Audit(Rule, visit, points: [Point]));
    }

    [Fact]
    public void PointNotValidOnTheDay_Nothing() => Assert.Empty(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X1")]), points: [Point with { FromOn = 20261103 }]));

    [Fact]
    public void TakenBackInTheSameBill_Nothing()
    {
        var line = Bill.Line("X1", 10m, quantity: 2);
        var back = line.Clone();
        (back.FeedetlSn, back.OriginalFeedetlSn, back.QuantityE4, back.AmountFen, back.InScopeFen) = ("back", line.FeedetlSn, -line.QuantityE4, -line.AmountFen, -line.InScopeFen);
        Assert.Empty(Bill.Audit(Rule, Bill.Visit(lines: [line, back]), points: [Point]));
    }
}
