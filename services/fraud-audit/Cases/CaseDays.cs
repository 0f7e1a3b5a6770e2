using System.Globalization;

namespace MedInsure.FraudAudit.Cases;

/// <summary>Days as operators write them.</summary>
internal static class CaseDays
{
    public static bool TryRead(string? text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
