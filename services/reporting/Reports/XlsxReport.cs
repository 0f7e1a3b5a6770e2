using System.IO.Compression;
using System.Text;
using System.Xml;

namespace MedInsure.Reporting.Reports;

/// <summary>An Office Open XML workbook (ECMA-376): the report, its figures as numbers, and a sheet with the columns' definitions. Texts are inline strings, never formulas. Pure.</summary>
internal static class XlsxReport
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships", Package = "http://schemas.openxmlformats.org/package/2006";

    /// <summary>Styles by their position in styles.xml: text, bold, counts, money and shares, days and months, any number.</summary>
    private const int Plain = 0, Bold = 1, Whole = 2, Hundredths = 3, Tenths = 4, Any = 5;

    public static byte[] Write(ReportDocument report, string city, bool isEnglish)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Part(zip, "[Content_Types].xml", $"""
                <Types xmlns="{Package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
                """);
            Part(zip, "_rels/.rels", $"""<Relationships xmlns="{Package}/relationships"><Relationship Id="r1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Part(zip, "xl/workbook.xml", $"""<workbook xmlns="{Main}" xmlns:r="{Relations}"><sheets><sheet name="{(isEnglish ? "Report" : "报表")}" sheetId="1" r:id="r1"/><sheet name="{(isEnglish ? "Definitions" : "指标口径")}" sheetId="2" r:id="r2"/></sheets></workbook>""");
            Part(zip, "xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Package}/relationships"><Relationship Id="r1" Type="{Relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{Relations}/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="r3" Type="{Relations}/styles" Target="styles.xml"/></Relationships>""");
            Part(zip, "xl/styles.xml", $"""
                <styleSheet xmlns="{Main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.0"/></numFmts><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="3" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf/></cellXfs></styleSheet>
                """);
            Sheet(zip, "xl/worksheets/sheet1.xml", Report(report, city, isEnglish));
            Sheet(zip, "xl/worksheets/sheet2.xml", report.Columns.Select(c => (List<(string, int)>)[(ExportReport.Title(c, isEnglish), Plain), (c.Definition, Plain)]));
        }
        return stream.ToArray();
    }

    private static IEnumerable<List<(string Text, int Style)>> Report(ReportDocument report, string city, bool isEnglish)
    {
        yield return [(isEnglish ? report.TitleEn : report.TitleZh, Bold)];
        foreach (var (name, value) in ExportReport.Head(report, city, isEnglish)) yield return [(name, Plain), (value, Plain)];
        yield return [];
        yield return [.. report.Columns.Select(c => (ExportReport.Title(c, isEnglish), Bold))];
        foreach (var row in report.Rows.Append(report.Totals))
            yield return [.. report.Columns.Select((c, i) => (ExportReport.Cell(report, row, i, isEnglish), c.Unit switch { "text" => Plain, "count" => Whole, "yuan" or "percent" => Hundredths, "mixed" => Any, _ => Tenths }))];
        foreach (var change in report.ChangesSince) yield return [(isEnglish ? "Changed since" : "报出后变动", Plain), (change.Period, Plain), (change.Column, Plain), (change.Was, Plain), (change.Is, Plain)];
        foreach (var note in report.Notes) yield return [(note, Plain)];
    }

    private static void Part(ZipArchive zip, string name, string xml)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" + xml));
    }

    private static void Sheet(ZipArchive zip, string name, IEnumerable<List<(string Text, int Style)>> rows)
    {
        using var entry = zip.CreateEntry(name).Open();
        using var xml = XmlWriter.Create(entry, new XmlWriterSettings { Encoding = new UTF8Encoding(false), CheckCharacters = false });
        xml.WriteStartDocument(true);
        xml.WriteStartElement("worksheet", Main);
        xml.WriteStartElement("sheetData", Main);
        foreach (var cells in rows)
        {
            xml.WriteStartElement("row", Main);
            foreach (var (text, style) in cells)
            {
                xml.WriteStartElement("c", Main);
                if (style != Plain) xml.WriteAttributeString("s", $"{style}");
                if (style >= Whole && text.Length > 0) xml.WriteElementString("v", Main, text);
                else if (style < Whole)
                {
                    xml.WriteAttributeString("t", "inlineStr");
                    xml.WriteStartElement("is", Main);
                    xml.WriteStartElement("t", Main);
                    xml.WriteAttributeString("xml", "space", null, "preserve");
                    xml.WriteString(Legal(text));
                    xml.WriteEndElement();
                    xml.WriteEndElement();
                }
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>XML has no place for control characters.</summary>
    private static string Legal(string text) => text.All(XmlConvert.IsXmlChar) ? text : string.Concat(text.Where(XmlConvert.IsXmlChar));
}
