using System.Globalization;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A calendar month as yyyyMM; yyyy13 is the settlement of the year's payment methods.</summary>
internal static class ClaimMonth
{
    public static bool IsMonth(int month) => month / 100 is >= 2000 and <= 2100 && month % 100 is >= 1 and <= 12;

    public static bool IsYear(int month) => month / 100 is >= 2000 and <= 2100 && month % 100 == 13;

    public static DateOnly First(int month) => new(month / 100, Math.Min(12, month % 100), 1);

    public static DateOnly Last(int month) => First(month).AddMonths(1).AddDays(-1);

    public static int Of(DateOnly day) => day.Year * 100 + day.Month;

    /// <summary>2026-06, or 2026 of a whole year.</summary>
    public static string Text(int month) => IsYear(month) ? $"{month / 100}" : First(month).ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
