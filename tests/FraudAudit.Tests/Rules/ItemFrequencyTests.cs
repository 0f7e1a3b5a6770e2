using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules;

[Trait("Category", "Golden")]
public sealed class ItemFrequencyTests
{
    private const string Frequency = "GZ10000102014000", Period = "MI10000102055000", Drug = "MI10000101055000";

    [Theory]
    [InlineData(2, 0, 0)]
    [InlineData(3, 1, 1000)]
    [InlineData(5, 1, 3000)]
    public void ABill_BeyondItsLimit_TheMoneyOfWhatIsTooMuch(int quantity, int count, long fen)
    {
        var found = Bill.Audit(Frequency, Bill.Visit(lines: [Bill.Line("F1", 10m * quantity, quantity: quantity)]), points: [Bill.Point(Frequency, "F1", limit: 2, window: "bill")]);
        Assert.Equal((count, fen), (found.Count, found.Sum(f => f.InScopeFen)));
    }

    [Fact]
    public void ADayOfAStay_EachDayByItself()
    {
        var stay = Bill.Stay(20261101, 20261103, lines: [Bill.Line("F1", 10m, 20261101), Bill.Line("F1", 10m, 20261102), Bill.Line("F1", 20m, 20261103, 2)]);
        var found = Assert.Single(Bill.Audit(Frequency, stay, points: [Bill.Point(Frequency, "F1", limit: 1, window: "day")]));
        Assert.Equal((1000, "F1-1"), (found.InScopeFen, found.Subject));
    }

    [Fact]
    public void GivenBack_DoesNotCount()
    {
        var line = Bill.Line("F1", 30m, quantity: 3);
        Assert.Empty(Bill.Audit(Frequency, Bill.Visit(lines: [line, Bill.Back(line, 1)]), points: [Bill.Point(Frequency, "F1", limit: 2, window: "bill")]));
    }

    [Theory]
    [InlineData("month", 20261101, 1)]
    [InlineData("month", 20261031, 0)]
    [InlineData("week", 20261102, 1)] // the Monday of the bill's own week
    [InlineData("week", 20261101, 0)]
    [InlineData("quarter", 20261001, 1)]
    [InlineData("quarter", 20260930, 0)]
    [InlineData("year", 20260101, 1)]
    [InlineData("year", 20251231, 0)]
    [InlineData("10", 20261024, 1)] // ten days with the bill's own
    [InlineData("10", 20261023, 0)]
    public void AcrossVisitsAndProviders_InTheWindowOnly(string window, int earlierOn, int count)
    {
        var earlier = Bill.Visit(earlierOn, provider: "H2", lines: [Bill.Line("F1", on: earlierOn)]);
        Assert.Equal(count, Bill.Audit(Period, Bill.Visit(lines: [Bill.Line("F1")]), [earlier], [Bill.Point(Period, "F1", limit: 1, window: window)]).Count);
    }

    [Fact]
    public void GivenBackInAnEarlierBill_DoesNotCount()
    {
        var line = Bill.Line("F1", on: 20261101);
        Assert.Empty(Bill.Audit(Period, Bill.Visit(lines: [Bill.Line("F1")]), [Bill.Visit(20261101, lines: [line, Bill.Back(line)])], [Bill.Point(Period, "F1", limit: 1, window: "month")]));
    }

    [Fact]
    public void RollingDays_WhatWasTooMuchIsNoReasonAgainstTheNext()
    {
        // One in seven days: the 1st and the 8th are right, the 2nd is not.
        var stay = Bill.Stay(20261101, 20261108, lines: [Bill.Line("F1", 10m, 20261101), Bill.Line("F1", 10m, 20261102), Bill.Line("F1", 10m, 20261108)]);
        Assert.Equal(1000, Assert.Single(Bill.Audit(Period, stay, points: [Bill.Point(Period, "F1", limit: 1, window: "7")])).InScopeFen);
    }

    [Fact]
    public void EarlierBillsHadTooMuchAlready_OnlyThisBillsOwnMoney()
    {
        var earlier = Bill.Visit(20261101, lines: [Bill.Line("F1", 50m, 20261101, 5)]);
        Assert.Equal(1000, Assert.Single(Bill.Audit(Drug, Bill.Visit(lines: [Bill.Line("F1")]), [earlier], [Bill.Point(Drug, "F1", limit: 1, window: "month")])).InScopeFen);
    }
}
