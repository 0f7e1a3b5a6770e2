using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// What a provider's year will come to, from its months so far. Pure. By the season where last year's months say one: the part of last year that its same months were (fourth-quarter peak: Zy, seed-facts.md
/// section 4); else each month like the mean of those so far.
/// </summary>
/// <param name="ExpectedFen">Of the whole year, rounded half up to the fen.</param>
/// <param name="BySeason">Else linear.</param>
internal sealed record Forecast(long SettledFen, long ExpectedFen, bool BySeason, string Explanation)
{
    public string Basis => BySeason ? "season" : "linear";

    /// <param name="thisYear">Twelve months; those after <paramref name="months"/> are not looked at.</param>
    /// <param name="lastYear">Twelve months.</param>
    /// <param name="months">How many of this year's have passed, from 1.</param>
    public static Forecast Of(IReadOnlyList<long> thisYear, IReadOnlyList<long> lastYear, int months)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(thisYear.Count, 12);
        ArgumentOutOfRangeException.ThrowIfNotEqual(lastYear.Count, 12);
        ArgumentOutOfRangeException.ThrowIfLessThan(months, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(months, 12);
        var settled = thisYear.Take(months).Sum();
        var (same, whole) = (lastYear.Take(months).Sum(), lastYear.Sum());
        // A year with an empty month in it began or stopped somewhere: it says nothing of the season.
        if (same > 0 && lastYear.All(m => m > 0))
        {
            var expected = HalfUp.DivideProduct(settled, whole, same);
            return new Forecast(settled, expected, true, $"前{months}个月累计{MethodText.Yuan(settled)}×上年全年{MethodText.Yuan(whole)}÷上年同期{MethodText.Yuan(same)}＝全年预计{MethodText.Yuan(expected)}");
        }
        var linear = HalfUp.DivideProduct(settled, 12, months);
        return new Forecast(settled, linear, false, $"前{months}个月累计{MethodText.Yuan(settled)}×12÷{months}＝全年预计{MethodText.Yuan(linear)}（上年数据不足，按月均推算）");
    }
}
