using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using CsvReader = MedInsure.Hosting.Imports.CsvReader;

namespace MedInsure.Hosting.Tests.Imports;

[Trait("Category", "Property")]
public sealed class CsvReaderTests
{
    private sealed record Row(long Line, bool BadQuotes, string Fields);

    [Theory]
    [InlineData("a,b\r\n\"x,\"\"y\"\"\nz\",2\rc,d\n", "1 a|b; 2 x,\"y\"\nz|2; 4 c|d")]
    [InlineData("a", "1 a")]
    [InlineData("a,", "1 a|")]
    [InlineData("\n\na\n", "1 ; 2 ; 3 a")]
    [InlineData("\"\",\"\"\"\"\n", "1 |\"")]
    [InlineData("a\"b,c\n", "1! a\"b|c")]
    [InlineData("\"a\"b,c\nd\n", "1! a|c; 2 d")]
    [InlineData("a,\"b", "1! a|b")]
    [InlineData("", "")]
    public async Task Text_BecomesRecords(string text, string records) =>
        Assert.Equal(records, string.Join("; ", (await Read(text, 3)).Select(r => $"{r.Line}{(r.BadQuotes ? "!" : "")} {r.Fields}")));

    /// <summary>Another reader of the same rules, on texts of all characters that matter to them, in pieces of any length.</summary>
    [Fact]
    public async Task AnyText_ReadsAsTheOtherReaderReadsIt()
    {
        var dice = new Random(4180);
        var compared = 0;
        for (var n = 0; n < 20_000; n++)
        {
            var text = string.Concat(Enumerable.Range(0, dice.Next(1, 24)).Select(_ => "a,\"\r\n 中"[dice.Next(7)]));
            var rows = await Read(text, dice.Next(1, 9));
            // What stands behind broken quotes, each reader may take for something else; the other one lets a quote pass that is open where the text ends.
            var others = Other(text);
            var whole = others.Zip(rows).TakeWhile(pair => !pair.First.BadQuotes && !pair.Second.BadQuotes).Count();
            Assert.Equal(others.Take(whole), rows.Take(whole));
            if (!rows.Exists(r => r.BadQuotes)) Assert.Equal(others, rows);
            compared += whole;
        }
        Assert.InRange(compared, 20_000, int.MaxValue);
    }

    private static async Task<List<Row>> Read(string text, int piece)
    {
        var reader = new CsvReader(new PiecewiseReader(text, piece));
        var rows = new List<Row>();
        while (await reader.Read(default)) rows.Add(new Row(reader.Line, reader.HasBadQuotes, string.Join('|', Enumerable.Range(0, reader.Count).Select(i => reader[i].ToString()))));
        return rows;
    }

    private static List<Row> Other(string text)
    {
        var bad = false;
        using var parser = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { Mode = CsvMode.RFC4180, Delimiter = ",", IgnoreBlankLines = false, BadDataFound = _ => bad = true });
        var rows = new List<Row>();
        for (long line = 1; parser.Read(); line = parser.RawRow + 1)
        {
            // Its fields are looked at first: only then it sees what is bad about them.
            bad = false;
            var fields = string.Join('|', parser.Record!);
            rows.Add(new Row(line, bad, fields));
        }
        return rows;
    }

    private sealed class PiecewiseReader(string text, int piece) : TextReader
    {
        private int at;

        public override ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
        {
            var length = Math.Min(Math.Min(piece, buffer.Length), text.Length - at);
            text.AsMemory(at, length).CopyTo(buffer);
            at += length;
            return ValueTask.FromResult(length);
        }
    }
}
