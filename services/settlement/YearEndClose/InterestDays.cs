using MedInsure.Kernel;

namespace MedInsure.Settlement.YearEndClose;

/// <summary>Interest on a balance day by day. Pure.</summary>
internal static class InterestDays
{
    /// <summary>Banks' year for demand deposits (计结息以360天计).</summary>
    private const int YearDays = 360;

    /// <param name="moves">What changed the balance, by day; those before the period are its opening.</param>
    /// <param name="rate">A year's, on each day.</param>
    /// <returns>Fen, rounded half up once; nothing on a balance below zero.</returns>
    public static long Of(IReadOnlyCollection<(DateOnly Day, long Fen)> moves, DateOnly from, DateOnly to, Func<DateOnly, BasisPoints> rate)
    {
        var balance = moves.Where(m => m.Day < from).Sum(m => m.Fen);
        var changes = moves.Where(m => m.Day >= from && m.Day <= to).GroupBy(m => m.Day).ToDictionary(g => g.Key, g => g.Sum(m => m.Fen));
        Int128 sum = 0;
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            balance += changes.GetValueOrDefault(day);
            sum += (Int128)Math.Max(0, balance) * rate(day).Value;
        }
        return HalfUp.Divide(sum, (long)BasisPoints.Whole * YearDays);
    }
}
