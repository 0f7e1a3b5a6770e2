using System.Text;

namespace MedInsure.Reporting.Reports;

/// <summary>UTF-8 with its mark, so that spreadsheets read Chinese; a text that one would take for a formula is quoted by an apostrophe. Pure.</summary>
internal static class CsvReport
{
    public static byte[] Write(ReportDocument report, string city, bool isEnglish)
    {
        var text = new StringBuilder();
        Line(text, [Text(isEnglish ? report.TitleEn : report.TitleZh)]);
        foreach (var (name, value) in ExportReport.Head(report, city, isEnglish)) Line(text, [Text(name), Text(value)]);
        text.Append("\r\n");
        Line(text, report.Columns.Select(c => Text(ExportReport.Title(c, isEnglish))));
        foreach (var row in report.Rows.Append(report.Totals))
            Line(text, report.Columns.Select((c, i) => ExportReport.Cell(report, row, i, isEnglish) is var cell && c.Unit == "text" ? Text(cell) : cell));
        foreach (var change in report.ChangesSince) Line(text, [Text(isEnglish ? "Changed since" : "报出后变动"), Text(change.Period), Text(change.Column), change.Was, change.Is]);
        foreach (var note in report.Notes) Line(text, [Text(note)]);
        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells).Append("\r\n");

    public static string Text(string text)
    {
        if (text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..]) text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
