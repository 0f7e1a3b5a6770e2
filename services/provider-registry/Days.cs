using MedInsure.Kernel;

namespace MedInsure.ProviderRegistry;

/// <summary>Days of requests: yyyyMMdd, 0 = none.</summary>
internal static class Days
{
    public static bool TryRead(int number, out DateOnly? day)
    {
        day = null;
        if (number == 0) return true;
        if (number is < 1900_01_01 or > 9999_12_31 || number / 100 % 100 is < 1 or > 12) return false;
        if (number % 100 < 1 || number % 100 > DateTime.DaysInMonth(number / 10_000, number / 100 % 100)) return false;
        day = DayNumber.ToDate(number);
        return true;
    }
}
