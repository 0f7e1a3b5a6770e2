using System.Globalization;
using MedInsure.Kernel;

namespace MedInsure.Billing.Bills;

/// <summary>Calendar months as whole numbers, yyyyMM. A period of contributions is a year (2027) or a month (202701). Pure.</summary>
internal static class Month
{
    public static bool IsMonth(int period) => period / 100 is >= 2000 and <= 2100 && period % 100 is >= 1 and <= 12;

    public static bool IsPeriod(int period) => period is >= 2000 and <= 2100 || IsMonth(period);

    public static int Of(DateOnly day) => day.Year * 100 + day.Month;

    public static DateOnly FirstDay(int month) => new(month / 100, month % 100, 1);

    public static DateOnly LastDay(int month) => FirstDay(month).AddMonths(1).AddDays(-1);

    /// <summary>The first day of a period.</summary>
    public static DateOnly Begin(int period) => IsMonth(period) ? FirstDay(period) : new DateOnly(period, 1, 1);

    public static int Next(int month) => Of(FirstDay(month).AddMonths(1));

    /// <summary>How many, both included; below 1: none.</summary>
    public static int Count(int from, int to) => (to / 100 - from / 100) * 12 + to % 100 - from % 100 + 1;

    /// <summary>The amount in yuan of a whole year, a month's twelfth of it, half up.</summary>
    public static long Twelfth(long yearFen) => HalfUp.DivideProduct(yearFen, 1, 12);

    public static string Text(int month) => (month / 100).ToString("0000", CultureInfo.InvariantCulture) + "-" + (month % 100).ToString("00", CultureInfo.InvariantCulture);
}
