using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using MedInsure.Protos.Reporting.V1;
using MedInsure.Reporting.Reports;

namespace MedInsure.Reporting.Tests.Reports;

[Collection("generated city")]
[Trait("Category", "Storage")]
public sealed class ExportReportTests(GeneratedCity city)
{
    private static readonly XNamespace Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    private async Task<ExportReportReply> Export(string format, string language = "") =>
        await city.Host.Client.ExportReportAsync(new ExportReportRequest { Code = "benefits", Period = "202609", Live = true, Format = format, Language = language }, city.Host.Headers());

    private async Task<GetReportReply> Report() => await city.Host.Client.GetReportAsync(new GetReportRequest { Code = "benefits", Period = "202609", Live = true }, city.Host.Headers());

    [Fact]
    public async Task Csv_HasItsMarkAndEveryFigure()
    {
        var (file, report) = (await Export("csv"), await Report());
        Assert.Equal(("benefits-202609.csv", "text/csv; charset=utf-8"), (file.FileName, file.ContentType));
        Assert.True(file.Content.Span.StartsWith(Encoding.UTF8.Preamble));
        var lines = Encoding.UTF8.GetString(file.Content.Span[3..]).Split("\r\n");
        foreach (var row in report.Row) Assert.Contains(string.Join(',', row.Cell), lines);
        Assert.Contains(lines, l => l.StartsWith("合计," + report.Total.Cell[1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Xlsx_IsAWorkbookWhoseFiguresAreNumbers()
    {
        var (file, report) = (await Export("xlsx", "en"), await Report());
        using var zip = new ZipArchive(new MemoryStream(file.Content.ToByteArray()));
        foreach (var part in zip.Entries) using (var stream = part.Open()) Assert.NotNull(XDocument.Load(stream).Root);
        using var sheet = zip.GetEntry("xl/worksheets/sheet1.xml")!.Open();
        var rows = XDocument.Load(sheet).Descendants(Main + "row").Select(r => r.Elements(Main + "c").Select(c => (Type: (string?)c.Attribute("t"), Text: c.Value)).ToList()).ToList();
        var total = rows.Single(r => r is [{ Text: "Total" }, ..]);
        Assert.Equal(report.Total.Cell.Skip(1), total.Skip(1).Select(c => c.Text));
        Assert.All(total.Skip(1), c => Assert.Null(c.Type));
        Assert.All(["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/worksheets/sheet2.xml"], name => Assert.NotNull(zip.GetEntry(name)));
    }

    [Fact]
    public async Task Html_IsEncodedAndInTheReadersLanguage()
    {
        var page = (await Export("html")).Content.ToStringUtf8();
        Assert.Contains("<html lang=\"zh-CN\">", page, StringComparison.Ordinal);
        Assert.Contains("待遇享受情况表", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task UnknownFormat_IsRefused()
    {
        var (_, body) = await city.Host.Get("/documents/benefits/file?period=202609&format=exe");
        Assert.Equal("report.format_unknown", body.GetProperty("code").GetString());
    }
}

[Trait("Category", "Unit")]
public sealed class ExportedTextTests
{
    private static ReportDocument Hostile(string name) => new("c", "表", "T", "statutory", "202609", "month", "2026-09-01", "2026-09-30", null, "t", "live", null, [],
        [new("provider", "机构", "provider", "text", "d", true, false), new("fund", "基金", "fund", "yuan", "d", false, true)],
        [new ShownRow { Keys = { ["provider"] = "P" }, Cells = { ["provider"] = name, ["fund"] = "-1.00" } }], new ShownRow { Cells = { ["fund"] = "-1.00" } }, ["=note"], []);

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("\tx", "'\tx")]
    [InlineData("a,b", "\"a,b\"")]
    public void FormulaInAName_IsATextInCsv(string name, string expected)
    {
        var lines = Encoding.UTF8.GetString(ExportReport.Write(Hostile(name), "市", "csv", false).Content).Split("\r\n");
        // A figure may be negative.
        Assert.Contains($"{expected},-1.00", lines);
        Assert.Contains("'=note", lines);
    }

    [Fact]
    public void ScriptInAName_IsATextInHtmlAndXlsx()
    {
        const string name = "<script>alert('x')</script>\u0001";
        Assert.DoesNotContain("<script", Encoding.UTF8.GetString(ExportReport.Write(Hostile(name), "<b>市", "html", false).Content), StringComparison.Ordinal);
        using var zip = new ZipArchive(new MemoryStream(ExportReport.Write(Hostile(name), "市", "xlsx", false).Content));
        using var sheet = zip.GetEntry("xl/worksheets/sheet1.xml")!.Open();
        Assert.Contains("<script>alert('x')</script>", XDocument.Load(sheet).Root!.Value, StringComparison.Ordinal);
    }
}
