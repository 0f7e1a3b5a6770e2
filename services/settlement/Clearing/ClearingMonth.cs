using MedInsure.Kernel;

namespace MedInsure.Settlement.Clearing;

/// <summary>Months as yyyyMM, in China's time.</summary>
internal static class ClearingMonth
{
    public static bool IsMonth(int month) => month is >= 2000_01 and <= 9998_12 && month % 100 is >= 1 and <= 12;

    public static DateOnly First(int month) => new(month / 100, month % 100, 1);

    public static bool IsOver(int month, DateOnly today) => today >= First(month).AddMonths(1);

    /// <summary>The first instant after it.</summary>
    public static DateTime End(int month) => ChinaCalendar.StartOf(First(month).AddMonths(1)).UtcDateTime;

    public static Refusal? Check(int month, DateOnly today) => !IsMonth(month) ? ClearingRefusals.MonthInvalid : IsOver(month, today) ? null : ClearingRefusals.MonthNotOver;
}
