using MedInsure.Kernel;

namespace MedInsure.Reporting.Reports;

/// <summary>A report as a file: csv and xlsx for spreadsheets, html for print.</summary>
internal static class ExportReport
{
    internal sealed record File(string Name, string ContentType, byte[] Content);

    public static async Task<Outcome<File>> Run(ReportPlace place, GetReport.Question question, string? format, string? language, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (format is not ("csv" or "xlsx" or "html")) return ReportingRefusals.FormatUnknown;
        var report = await GetReport.Run(place, question, calendar, cancellation);
        return report.Refusal is { } refusal ? refusal : Write(report.Value, place.City.Name, format, language == "en");
    }

    /// <param name="format">csv, xlsx or html.</param>
    public static File Write(ReportDocument report, string city, string format, bool isEnglish) => new(
        $"{report.Code}-{report.Period}{(report.County is { } county ? "-" + county : "")}.{format}",
        format switch { "csv" => "text/csv; charset=utf-8", "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ => "text/html; charset=utf-8" },
        format switch { "csv" => CsvReport.Write(report, city, isEnglish), "xlsx" => XlsxReport.Write(report, city, isEnglish), _ => HtmlReport.Write(report, city, isEnglish) });

    /// <summary>What stands above the table: title, city, period, when and from where.</summary>
    public static IReadOnlyList<(string Name, string Text)> Head(ReportDocument report, string city, bool isEnglish) => isEnglish
        ? [("City", city), ("Period", report.Period), ("As of", report.AsOf), ("Source", report.Source), .. report.Snapshot is { } kept ? [("SHA-256", kept.Sha256)] : Array.Empty<(string, string)>()]
        : [("统筹地区", city), ("期间", ReportPeriod.Parse(report.Period)?.Zh ?? report.Period), ("取数时间", report.AsOf), ("数据来源", report.Source != ReportDocument.Kept ? "实时" : ReportPeriod.Parse(report.Period)?.Kind == ReportPeriod.Day ? "日快照" : "月度快照"), .. report.Snapshot is { } mark ? [("快照校验", mark.Sha256)] : Array.Empty<(string, string)>()];

    public static string Title(ShownColumn column, bool isEnglish) => (isEnglish ? column.En : column.Zh) + column.Unit switch { "yuan" => isEnglish ? " (yuan)" : "（元）", "percent" => " (%)", "days" => isEnglish ? " (days)" : "（日）", "months" => isEnglish ? " (months)" : "（月）", _ => "" };

    public static string TotalName(bool isEnglish) => isEnglish ? "Total" : "合计";

    /// <summary>The total's row has no names: the first of its cells says what it is.</summary>
    public static string Cell(ReportDocument report, ShownRow row, int column, bool isEnglish) =>
        row[report.Columns[column].Key] ?? (column == 0 && ReferenceEquals(row, report.Totals) && report.Columns[0].IsDimension ? TotalName(isEnglish) : "");
}
