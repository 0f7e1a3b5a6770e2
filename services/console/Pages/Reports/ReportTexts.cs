using System.Globalization;
using MedInsure.Kernel;

namespace MedInsure.Console.Pages.Reports;

/// <summary>Units, purposes and periods in both languages.</summary>
public static class ReportTexts
{
    public static string Unit(string unit, Func<string, string, string> t) => unit switch
    {
        "count" => t("个", "number"),
        "yuan" => t("元", "yuan"),
        "percent" => "%",
        "days" => t("日", "days"),
        "months" => t("月", "months"),
        "mixed" => t("见各行", "see each row"),
        _ => "",
    };

    public static string Purpose(string purpose, Func<string, string, string> t) => purpose switch
    {
        "statutory" => t("法定报表", "Statutory"),
        "management" => t("管理报表", "Management"),
        _ => purpose,
    };

    public static string PeriodKind(string kind, Func<string, string, string> t) => kind switch
    {
        "day" => t("日", "day"),
        "month" => t("月", "month"),
        "quarter" => t("季", "quarter"),
        "year" => t("年", "year"),
        _ => kind,
    };

    /// <summary>The last one that is over: a month where the report has months, else a quarter, a year, a day.</summary>
    public static string LastWhole(IReadOnlyList<string> kinds, ChinaCalendar calendar)
    {
        var today = calendar.Today;
        if (kinds.Contains("month")) return today.AddMonths(-1).ToString("yyyyMM", CultureInfo.InvariantCulture);
        if (kinds.Contains("quarter")) return today.AddMonths(-3) is var past ? $"{past.Year}Q{(past.Month + 2) / 3}" : "";
        return kinds.Contains("year") ? $"{today.Year - 1}" : today.AddDays(-1).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
    }

    /// <summary>12345.60 as 12,345.60; what is no number as it is.</summary>
    public static string Figure(string text)
    {
        if (text.Length == 0) return "—";
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var figure)) return text;
        var decimals = text.IndexOf('.', StringComparison.Ordinal) is var at and >= 0 ? text.Length - at - 1 : 0;
        return figure.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
