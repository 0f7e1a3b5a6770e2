using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules.Drugs;

[Trait("Category", "Golden")]
public sealed class SecondLineTests
{
    private const string Rule = "GZ10000101005000";
    private static readonly KnowledgePoint Point = Bill.Point(Rule, "X2", others: ["X1"]);

    [Fact]
    public void NoFirstLineDrugKnown_Found() => Assert.Equal(1000, Assert.Single(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X2")]), points: [Point])).InScopeFen);

    [Theory]
    [InlineData(20251102, 0)] // 365 days before
    [InlineData(20251101, 1)]
    public void FirstLineDrugBefore_WithinTheYear(int on, int count) => Assert.Equal(count, Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X2")]), [Bill.Visit(on, provider: "H2", lines: [Bill.Line("X1", on: on)])], [Point]).Count);

    [Fact]
    public void FirstLineDrugInTheSameBill_Nothing() => Assert.Empty(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X2"), Bill.Line("X1")]), points: [Point]));

    [Fact]
    public void FirstLineDrugGivenBack_Found()
    {
        var line = Bill.Line("X1", on: 20261001);
        Assert.Single(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X2")]), [Bill.Visit(20261001, lines: [line, Bill.Back(line)])], [Point]));
    }
}
