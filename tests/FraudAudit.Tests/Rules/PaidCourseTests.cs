using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules;

[Trait("Category", "Golden")]
public sealed class PaidCourseTests
{
    private const string Drug = "GZ10000101010000", Item = "GZ10000102010000";

    [Theory]
    [InlineData(14, 0, 0)]
    [InlineData(15, 1, 100)]
    [InlineData(28, 1, 1400)]
    public void DaysOfTheBill_BeyondTheCourse(int days, int count, long fen)
    {
        var found = Bill.Audit(Drug, Bill.Visit(lines: [Bill.Line("X1", days, amount: days)]), points: [Bill.Point(Drug, "X1", limit: 14)]);
        Assert.Equal((count, fen), (found.Count, found.Sum(f => f.InScopeFen)));
    }

    [Theory]
    [InlineData(20261001, 1)]
    [InlineData(20251231, 0)]
    public void DaysOfTheYear_WithBillsBefore(int earlierOn, int count)
    {
        var earlier = Bill.Visit(earlierOn, provider: "H2", lines: [Bill.Line("X1", 10, earlierOn)]);
        var found = Bill.Audit(Drug, Bill.Visit(lines: [Bill.Line("X1", 10)]), [earlier], [Bill.Point(Drug, "X1", limit: 14, window: "year")]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal(600, f.InScopeFen));
    }

    [Fact]
    public void LinesThatSayNoDays_EachDayOnce()
    {
        var stay = Bill.Stay(20261101, 20261103, lines: [Bill.Line("F1", 10m, 20261101), Bill.Line("F1", 10m, 20261101), Bill.Line("F1", 10m, 20261102), Bill.Line("F1", 10m, 20261103)]);
        Assert.Empty(Bill.Audit(Item, stay, points: [Bill.Point(Item, "F1", limit: 3)]));
        Assert.Equal(1333, Assert.Single(Bill.Audit(Item, stay, points: [Bill.Point(Item, "F1", limit: 2)])).InScopeFen);
    }
}
