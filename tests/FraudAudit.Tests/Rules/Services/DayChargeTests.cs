using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules.Services;

[Trait("Category", "Golden")]
public sealed class DayChargeTests
{
    private const string Bed = "MI10000102056000", Nursing = "MI10000102057000";

    [Theory]
    [InlineData(Bed, 5, 0)] // five days with the day of discharge
    [InlineData(Bed, 6, 1)]
    [InlineData(Nursing, 5, 0)]
    [InlineData(Nursing, 6, 1)]
    public void MoreDaysThanTheStay(string rule, int days, int count)
    {
        var found = Bill.Audit(rule, Bill.Stay(20261101, 20261105, lines: [Bill.Line("F1", days * 40m, 20261105, days, "201", "01")]), points: [Bill.Point(rule, "F1")]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal(4000, f.InScopeFen));
    }

    [Fact]
    public void CountyThatCountsNights_OneDayLess()
    {
        var stay = Bill.Stay(20261101, 20261105, lines: [Bill.Line("F1", 200m, 20261105, 5, "201", "01")]);
        Assert.Single(Bill.Audit(Bed, stay, points: [Bill.Point(Bed, "F1")], settings: [new RuleSetting(Bed, 20260101, true, null, null, new Dictionary<string, decimal> { ["count_last_day"] = 0 })]));
    }

    [Fact]
    public void StayOfOneDay_HasOne() => Assert.Empty(Bill.Audit(Bed, Bill.Stay(20261101, 20261101, lines: [Bill.Line("F1", 40m, 20261101)]), points: [Bill.Point(Bed, "F1")],
        settings: [new RuleSetting(Bed, 20260101, true, null, null, new Dictionary<string, decimal> { ["count_last_day"] = 0 })]));

    [Fact]
    public void EachDayByItself_WhereTheCountySaysSo()
    {
        var stay = Bill.Stay(20261101, 20261105, lines: [Bill.Line("F1", 40m, 20261102), Bill.Line("F1", 40m, 20261102)]);
        Assert.Empty(Bill.Audit(Nursing, stay, points: [Bill.Point(Nursing, "F1")]));
        Assert.Equal(4000, Assert.Single(Bill.Audit(Nursing, stay, points: [Bill.Point(Nursing, "F1")], settings: [new RuleSetting(Nursing, 20260101, true, null, null, new Dictionary<string, decimal> { ["each_day_by_itself"] = 1 })])).InScopeFen);
    }

    [Fact]
    public void GivenBack_OrAVisit_Nothing()
    {
        var line = Bill.Line("F1", 240m, 20261105, 6);
        Assert.Empty(Bill.Audit(Bed, Bill.Stay(20261101, 20261105, lines: [line, Bill.Back(line, 1)]), points: [Bill.Point(Bed, "F1")]));
        Assert.Empty(Bill.Audit(Bed, Bill.Visit(lines: [Bill.Line("F1", 240m, quantity: 6)]), points: [Bill.Point(Bed, "F1")]));
    }
}
