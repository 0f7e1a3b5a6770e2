using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules.Services;

[Trait("Category", "Golden")]
public sealed class DuplicateChargeTests
{
    private const string Rule = "GZ10000102012000";
    private static readonly KnowledgePoint Day = Bill.Point(Rule, "A", others: ["B"]), Whole = Day with { Window = "bill" };

    [Theory]
    [InlineData(20261102, 1)]
    [InlineData(20261103, 0)]
    public void BothOnADay_TheIncludedItemsMoney(int on, int count)
    {
        var found = Bill.Audit(Rule, Bill.Stay(20261101, 20261105, lines: [Bill.Line("A", 100m), Bill.Line("B", 30m, on)]), points: [Day]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal((3000, "B"), (f.InScopeFen, Assert.Single(f.Lines).MedListCode)));
    }

    [Fact]
    public void OfTheWholeBill_OtherDaysCount() => Assert.Single(Bill.Audit(Rule, Bill.Stay(20261101, 20261105, lines: [Bill.Line("A", 100m), Bill.Line("B", 30m, 20261104)]), points: [Whole]));

    [Fact]
    public void OneAlone_Nothing()
    {
        Assert.Empty(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("B"), Bill.Line("C")]), points: [Day]));
        Assert.Empty(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("A"), Bill.Line("C")]), points: [Day]));
    }

    [Theory]
    [InlineData("A", "B", true, 1)]
    [InlineData("B", "A", true, 1)]
    [InlineData("A", "B", false, 0)]
    public void VisitBilledInParts_TheOtherPartCounts(string now, string before, bool sameVisit, int count)
    {
        var (visit, earlier) = (Bill.Visit(lines: [Bill.Line(now, 30m)]), Bill.Visit(lines: [Bill.Line(before, 40m)]));
        if (sameVisit) earlier.MdtrtId = visit.MdtrtId;
        var found = Bill.Audit(Rule, visit, [earlier], [Day]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal(3000, f.InScopeFen));
    }
}
