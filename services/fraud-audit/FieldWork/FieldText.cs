using System.Globalization;
using System.Text.RegularExpressions;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.FieldWork;

/// <summary>What people in the field write.</summary>
internal static partial class FieldText
{
    private const int DaysMax = 366;

    // A mobile number, or seven digits in a row: a landline without its area code, an id. Days and yuan pass.
    [GeneratedRegex(@"1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\d{7,}")]
    private static partial Regex Phone();

    /// <returns>Why the text is not kept; null: it is.</returns>
    public static Refusal? Unfit(string? text, int max, bool needed)
    {
        if (string.IsNullOrWhiteSpace(text)) return needed ? FieldRefusals.TextInvalid : null;
        if (text.Length > max || text.Contains('\0', StringComparison.Ordinal)) return FieldRefusals.TextInvalid;
        return Phone().IsMatch(text) ? FieldRefusals.PhoneWritten : null;
    }

    public static bool TryPeriod(string? fromOn, string? toOn, out DateOnly from, out DateOnly to)
    {
        to = default;
        return TryDay(fromOn, out from) && TryDay(toOn, out to) && to >= from && to.DayNumber - from.DayNumber < DaysMax;
    }

    public static bool TryDay(string? text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>Whole fen above zero, at most ten million yuan.</summary>
    public static long? Fen(decimal? yuan) => yuan is > 0 and <= 10_000_000m && decimal.Truncate(yuan.Value * 100) == yuan.Value * 100 ? (long)(yuan.Value * 100) : null;
}
