using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// The CSV in which bad rows come back: line, column, code, chinese, english, then the row as it was sent, so that it can be mended and sent again.
/// Written where the file lies (the import tool): errors alone travel, not the personal data of the rows.
/// </summary>
public static class RejectedRows
{
    /// <param name="original">The file that was sent, read again from its start.</param>
    /// <param name="errors">In any order; a row with several errors appears once for each.</param>
    public static async Task WriteCsv(TextReader original, IEnumerable<RowError> errors, TextWriter output)
    {
        var byLine = errors.ToLookup(e => e.Line);
        using var parser = new CsvParser(original, new CsvConfiguration(CultureInfo.InvariantCulture) { IgnoreBlankLines = false, BadDataFound = null });
        await using var writer = new CsvWriter(output, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" }, leaveOpen: true);
        for (long line = 1; await parser.ReadAsync(); line = parser.RawRow + 1)
        {
            if (line == 1)
            {
                foreach (var name in (string[])["line", "column", "code", "chinese", "english", .. parser.Record!]) writer.WriteField(name.TrimStart('\ufeff'));
                await writer.NextRecordAsync();
            }
            foreach (var error in byLine[line])
            {
                writer.WriteField(error.Line);
                foreach (var field in (string[])[error.Column, error.Code, error.Chinese, error.English, .. parser.Record!]) writer.WriteField(field);
                await writer.NextRecordAsync();
            }
        }
    }
}
