using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>Days yyyyMMdd as rules count them.</summary>
internal static class AuditDays
{
    /// <summary>Days since the calendar's first, for differences.</summary>
    public static int Count(int day) => DayNumber.ToDate(day).DayNumber;

    public static int Of(int count) => DayNumber.Of(DateOnly.FromDayNumber(count));

    public static int Plus(int day, int days) => Of(Count(day) + days);

    /// <summary>Nights between two days.</summary>
    public static int Between(int from, int to) => Count(to) - Count(from);

    public static string Text(int day) => $"{day / 10_000:0000}-{day / 100 % 100:00}-{day % 100:00}";

    /// <summary>Days that a drug's line lasts; what does not say lasts a day.</summary>
    public static int Supply(AuditLine line) => line.SupplyDaysE2 <= 0 ? 1 : (line.SupplyDaysE2 + 99) / 100;

    /// <summary>The window of a knowledge point that a day lies in: a calendar's, or a number of days that ends with it. Of an unknown word the day alone.</summary>
    /// <param name="window">day, week, month, quarter, year, or a number of days.</param>
    public static (int From, int To) Window(string window, int day)
    {
        var date = DayNumber.ToDate(day);
        switch (window)
        {
            case "week":
                var monday = date.AddDays(-(((int)date.DayOfWeek + 6) % 7));
                return (DayNumber.Of(monday), DayNumber.Of(monday.AddDays(6)));
            case "month": return (day / 100 * 100 + 1, DayNumber.Of(new DateOnly(date.Year, date.Month, DateTime.DaysInMonth(date.Year, date.Month))));
            case "quarter":
                var first = (date.Month - 1) / 3 * 3 + 1;
                return (date.Year * 10_000 + first * 100 + 1, DayNumber.Of(new DateOnly(date.Year, first + 2, DateTime.DaysInMonth(date.Year, first + 2))));
            case "year": return (date.Year * 10_000 + 101, date.Year * 10_000 + 1231);
            default: return int.TryParse(window, out var days) && days > 0 ? (Plus(day, 1 - days), day) : (day, day);
        }
    }
}
