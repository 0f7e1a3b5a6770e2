using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace MedInsure.Reporting.Reports;

/// <summary>A page to print: everything encoded, no script, definitions below the table. Pure.</summary>
internal static class HtmlReport
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private const string Style = """
        body{font:14px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1.5em;color:#111}h1{font-size:20px;text-align:center}dl{display:flex;flex-wrap:wrap;gap:0 2em}dt{color:#555}dd{margin:0 0 0 .5em}dl div{display:flex}
        table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;padding:.2em .5em;text-align:left}th{background:#eee}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tfoot td{font-weight:bold}
        section{font-size:12px}@media print{@page{size:A4 landscape;margin:12mm}thead{display:table-header-group}tr{break-inside:avoid}}
        """;

    public static byte[] Write(ReportDocument report, string city, bool isEnglish)
    {
        var title = Text(isEnglish ? report.TitleEn : report.TitleZh);
        var page = new StringBuilder($"<!DOCTYPE html><html lang=\"{(isEnglish ? "en" : "zh-CN")}\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{Style}</style></head><body><main><h1>{title}</h1><dl>");
        foreach (var (name, value) in ExportReport.Head(report, city, isEnglish)) page.Append($"<div><dt>{Text(name)}</dt><dd>{Text(value)}</dd></div>");
        page.Append("</dl><table><thead><tr>");
        foreach (var column in report.Columns) page.Append($"<th scope=\"col\">{Text(ExportReport.Title(column, isEnglish))}</th>");
        page.Append("</tr></thead><tbody>");
        foreach (var row in report.Rows) Row(row);
        page.Append("</tbody><tfoot>");
        Row(report.Totals);
        page.Append("</tfoot></table><section>");
        foreach (var change in report.ChangesSince) page.Append($"<p>{(isEnglish ? "Changed since it was reported" : "报出后变动")}: {Text(change.Period)} {Text(change.Column)} {Text(change.Was)} → {Text(change.Is)}</p>");
        foreach (var note in report.Notes) page.Append($"<p>{Text(note)}</p>");
        page.Append($"<h2>{(isEnglish ? "Definitions" : "指标口径")}</h2><dl>");
        foreach (var column in report.Columns) page.Append($"<div><dt>{Text(isEnglish ? column.En : column.Zh)}</dt><dd>{Text(column.Definition)}</dd></div>");
        return Encoding.UTF8.GetBytes(page.Append("</dl></section></main></body></html>").ToString());

        void Row(ShownRow row)
        {
            page.Append("<tr>");
            for (var i = 0; i < report.Columns.Count; i++) page.Append(report.Columns[i].Unit == "text" ? "<td>" : "<td class=\"n\">").Append(Text(ExportReport.Cell(report, row, i, isEnglish))).Append("</td>");
            page.Append("</tr>");
        }
    }

    private static string Text(string text) => Encoder.Encode(text);
}
