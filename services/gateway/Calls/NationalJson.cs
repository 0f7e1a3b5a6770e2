using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Calls;

/// <summary>
/// How the interface's values are written: money as a JSON number with exactly two decimals, taken from fen without any floating point;
/// an empty text as "", an empty number as 0 (the null convention of national-interface.md section 1).
/// </summary>
public static class NationalJson
{
    // Chinese stays readable; what could close a script or attribute does not matter to a JSON interface.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false };

    public static void Fen(this Utf8JsonWriter json, string name, long fen) => Number(json, name, fen, 2, trim: false);

    /// <summary>A ratio of basis points as N5.4: 0.8400.</summary>
    public static void Ratio(this Utf8JsonWriter json, string name, int basisPoints) => Number(json, name, basisPoints, 4, trim: false);

    /// <summary>N16.4 without trailing zeros.</summary>
    public static void Quantity(this Utf8JsonWriter json, string name, long tenThousandths) => Number(json, name, tenThousandths, 4, trim: true);

    /// <summary>N16.6 without trailing zeros.</summary>
    public static void Price(this Utf8JsonWriter json, string name, long microYuan) => Number(json, name, microYuan, 6, trim: true);

    public static void Count(this Utf8JsonWriter json, string name, long count) => json.WriteNumber(name, count);

    /// <summary>yyyy-MM-dd HH:mm:ss in China Standard Time; 0 = "".</summary>
    public static void Time(this Utf8JsonWriter json, string name, long unixMs) => json.WriteString(name, unixMs == 0 ? "" :
        ChinaCalendar.ToLocal(DateTimeOffset.FromUnixTimeMilliseconds(unixMs)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));

    /// <summary>yyyy-MM-dd; 0 = "".</summary>
    public static void Day(this Utf8JsonWriter json, string name, int dayNumber) => json.WriteString(name, DayText(dayNumber));

    public static void Flag(this Utf8JsonWriter json, string name, bool yes) => json.WriteString(name, yes ? "1" : "0");

    /// <summary>N4.1: whole years on the day; of infants the completed months as tenths of a year, rounded down.</summary>
    public static void Age(this Utf8JsonWriter json, string name, int birthOn, int onDay)
    {
        if (birthOn == 0 || onDay == 0 || onDay < birthOn) { Number(json, name, 0, 1, trim: false); return; }
        var years = (onDay - birthOn) / 10_000;
        if (years > 0) { Number(json, name, years * 10, 1, trim: false); return; }
        DateOnly birth = DayNumber.ToDate(birthOn), on = DayNumber.ToDate(onDay);
        var months = (on.Year - birth.Year) * 12 + on.Month - birth.Month - (on.Day < birth.Day ? 1 : 0);
        Number(json, name, months * 10 / 12, 1, trim: false);
    }

    public static string DayText(int dayNumber) => dayNumber == 0 ? "" : DayNumber.ToDate(dayNumber).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static void Number(Utf8JsonWriter json, string name, long value, int places, bool trim)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(FixedPoint.Format(value, places, trim), skipInputValidation: true);
    }
}
