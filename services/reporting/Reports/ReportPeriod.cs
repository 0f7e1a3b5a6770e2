using System.Globalization;

namespace MedInsure.Reporting.Reports;

/// <summary>What a report is about: a day yyyyMMdd, a month yyyyMM, a quarter yyyyQn or a year yyyy. Includes both ends.</summary>
internal sealed record ReportPeriod(string Kind, string Text, DateOnly From, DateOnly To)
{
    public const string Day = "day", Month = "month", Quarter = "quarter", Year = "year";
    public static readonly IReadOnlyList<string> Kinds = [Day, Month, Quarter, Year];

    /// <summary>Null: no period.</summary>
    public static ReportPeriod? Parse(string? text)
    {
        if (text is null || text.Length is < 4 or > 8 || !IsNumber(text.AsSpan(0, 4), out var year) || year is < 2000 or > 2100) return null;
        var start = new DateOnly(year, 1, 1);
        switch (text.Length)
        {
            case 4: return new(Year, text, start, new DateOnly(year, 12, 31));
            case 6 when text[4] == 'Q' && text[5] is >= '1' and <= '4':
                start = start.AddMonths((text[5] - '1') * 3);
                return new(Quarter, text, start, start.AddMonths(3).AddDays(-1));
            case 6 when IsNumber(text.AsSpan(4), out var month) && month is >= 1 and <= 12: return OfMonth(new DateOnly(year, month, 1));
            case 8 when DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day): return OfDay(day);
            default: return null;
        }
    }

    public static ReportPeriod OfDay(DateOnly day) => new(Day, day.ToString("yyyyMMdd", CultureInfo.InvariantCulture), day, day);

    public static ReportPeriod OfMonth(DateOnly day)
    {
        var first = new DateOnly(day.Year, day.Month, 1);
        return new(Month, first.ToString("yyyyMM", CultureInfo.InvariantCulture), first, first.AddMonths(1).AddDays(-1));
    }

    /// <summary>The same a year before; of 29 February the 28th.</summary>
    public ReportPeriod YearBefore() => Kind switch
    {
        Day => OfDay(From.AddYears(-1)),
        Month => OfMonth(From.AddYears(-1)),
        _ => this with { Text = $"{From.Year - 1}{Text[4..]}", From = From.AddYears(-1), To = To.AddYears(-1) },
    };

    public DateOnly YearFrom => new(To.Year, 1, 1);

    public string Zh => Kind switch
    {
        Day => $"{From.Year}年{From.Month}月{From.Day}日",
        Month => $"{From.Year}年{From.Month}月",
        Quarter => $"{From.Year}年第{Text[5]}季度",
        _ => $"{From.Year}年",
    };

    private static bool IsNumber(ReadOnlySpan<char> digits, out int value) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
