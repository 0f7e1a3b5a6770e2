using MedInsure.Billing.Bills;
using static MedInsure.Billing.Bills.LateCharges;

namespace MedInsure.Billing.Tests.Bills;

[Trait("Category", "Unit")]
public sealed class LateChargesTests
{
    private static readonly DateOnly Due = new(2026, 11, 30);

    private static Owed Bill(long no, long fen, long aDay = 10, int monthsLater = 0, bool settled = true, long charged = 0) => new(no, fen, Due.AddMonths(monthsLater), aDay, settled, charged);

    private static Money Came(int daysAfterDue, long fen) => new(Due.AddDays(daysAfterDue), fen);

    [Fact]
    public void OnTheDueDay_CostsNothing_AndEachDayAfterItADay()
    {
        Assert.Empty(Differences([Bill(1, 100)], [Came(0, 100)]));
        Assert.Equal([new Charge(1, 1, 10)], Differences([Bill(1, 100)], [Came(1, 100)]));
        Assert.Equal([new Charge(1, 31, 310)], Differences([Bill(1, 100)], [Came(-3, 99), Came(31, 1)])); // the last fen decides
        Assert.Empty(Differences([Bill(1, 100, settled: false)], [Came(31, 99)])); // nothing is certain yet
    }

    [Fact]
    public void WhatWasCharged_IsTakenOff_AndGivenBackWhenMoneyOfEarlierIsFound()
    {
        Assert.Empty(Differences([Bill(1, 100, charged: 10)], [Came(1, 100)]));
        Assert.Equal([new Charge(1, 0, -50)], Differences([Bill(1, 100, charged: 50)], [Came(5, 100), Came(-1, 100)]));
    }

    [Fact]
    public void LaterCorrection_LowersWhatWasNeeded()
    {
        // 100 of which 30 were never owed, as the next bill says: 70 on the due day were enough.
        Assert.Empty(Differences([Bill(1, 100), Bill(2, -30, monthsLater: 1)], [Came(0, 70)]));
        // The second month's own 50 came late; the first month had been covered all the same.
        Assert.Equal([new Charge(2, 5, 50)], Differences([Bill(1, 100), Bill(2, 50, monthsLater: 1)], [Came(0, 120), Came(31 - 1 + 5, 30)]));
    }
}
