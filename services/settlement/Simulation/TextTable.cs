using System.Text;

namespace MedInsure.Settlement.Simulation;

/// <summary>A table of plain text: the first column to the left, numbers to the right, Chinese characters counted as the two cells that a terminal gives them.</summary>
internal sealed class TextTable(params string[] header)
{
    private const int Gap = 2;
    private readonly List<string[]> rows = [header];

    public void Add(params string[] row) => rows.Add(row.Length == header.Length ? row : throw new ArgumentException($"{row.Length} cells for {header.Length} columns", nameof(row)));

    /// <param name="leftColumns">How many columns hold words.</param>
    public void Write(TextWriter output, int leftColumns = 1)
    {
        var widths = Enumerable.Range(0, header.Length).Select(c => rows.Max(r => Width(r[c]))).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            var line = new StringBuilder("  ");
            for (var c = 0; c < header.Length; c++)
            {
                var fill = new string(' ', widths[c] - Width(rows[i][c]));
                if (c > 0) line.Append(' ', Gap);
                _ = c < leftColumns ? line.Append(rows[i][c]).Append(fill) : line.Append(fill).Append(rows[i][c]);
            }
            output.WriteLine(line.ToString().TrimEnd());
            if (i == 0) output.WriteLine("  " + new string('-', widths.Sum() + Gap * (header.Length - 1)));
        }
    }

    private static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += rune.Value is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 ? 2 : 1;
        return width;
    }
}
