namespace MedInsure.Billing.Bills;

/// <summary>
/// What a payer is charged for bills that were settled late: for each day after the due day until the day on which its money covered the bill. Follows from bills and
/// money alone, in whatever order they were booked. Pure.
/// </summary>
internal static class LateCharges
{
    /// <param name="ChargedFen">For it, by later bills.</param>
    internal sealed record Owed(long BillNo, long AmountFen, DateOnly DueOn, long ChargeADayFen, bool IsSettled, long ChargedFen);

    /// <param name="ValueOn">When it moved, not when it was booked.</param>
    internal sealed record Money(DateOnly ValueOn, long AmountFen);

    internal sealed record Charge(long OfBillNo, int Days, long AmountFen);

    /// <param name="bills">All of the payer's, the oldest first.</param>
    /// <returns>What differs from what was charged.</returns>
    public static List<Charge> Differences(IReadOnlyList<Owed> bills, IEnumerable<Money> money)
    {
        // A bill is covered as soon as the money reaches the lowest that is owed from it on: a later correction may have lowered it.
        var needed = new long[bills.Count];
        var sum = bills.Sum(b => b.AmountFen);
        for (var (i, lowest) = (bills.Count - 1, long.MaxValue); i >= 0; i--)
        {
            lowest = Math.Min(lowest, sum);
            (needed[i], sum) = (lowest, sum - bills[i].AmountFen);
        }
        var days = money.GroupBy(m => m.ValueOn).OrderBy(g => g.Key).Select(g => (On: g.Key, AmountFen: g.Sum(m => m.AmountFen))).ToList();
        var charges = new List<Charge>();
        for (var i = 0; i < bills.Count; i++)
        {
            var bill = bills[i];
            if (!bill.IsSettled) continue;
            var (late, came) = (0, 0L);
            foreach (var (on, amount) in days)
            {
                if (came >= needed[i]) break;
                came += amount;
                late = Math.Max(on.DayNumber - bill.DueOn.DayNumber, 0);
            }
            var charge = late * bill.ChargeADayFen - bill.ChargedFen;
            if (charge != 0) charges.Add(new Charge(bill.BillNo, late, charge));
        }
        return charges;
    }
}
