using System.Text;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;

namespace MedInsure.Hosting.Tests.Imports;

[Trait("Category", "Unit")]
public sealed class CsvFileTests
{
    internal sealed record Item(long Line, string Code, string Name, Fen? Price, DateOnly? From);

    /// <summary>Keeps what it is given; refuses a repeated code, as a service does when it has staged the rows.</summary>
    internal sealed class ItemImport : CsvImport<Item>
    {
        public List<Item> Stored { get; } = [];

        public override IReadOnlyList<string> Columns => ["code", "name", "price", "from"];

        public override Item? Parse(CsvRow row) => new(row.Line, row.Text("code", 10), row.Text("name", 20, required: false), row.Money("price", required: false), row.Date("from", required: false));

        public override async Task<long> Store(IAsyncEnumerable<Item> rows, ImportRun run, CancellationToken cancellation)
        {
            var staged = new Dictionary<string, Item>();
            await foreach (var item in rows.WithCancellation(cancellation))
                if (!staged.TryAdd(item.Code, item)) run.Reject(item.Line, "code", "item.repeated", "编码重复", "the code is repeated");
            if (run.MayCommit) Stored.AddRange(staged.Values);
            return staged.Count;
        }
    }

    private static async Task<(Outcome<ImportResult> Outcome, ItemImport Kind)> Import(byte[] file, bool partial = false)
    {
        var kind = new ItemImport();
        return (await CsvFile.Import(new MemoryStream(file), kind, new ImportRun(partial)), kind);
    }

    private static Task<(Outcome<ImportResult> Outcome, ItemImport Kind)> Import(string file, bool partial = false) => Import(Encoding.UTF8.GetBytes(file), partial);

    [Fact]
    public async Task Byte_order_mark_quotes_and_any_column_order_are_read()
    {
        var (outcome, kind) = await Import([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("name,code,from,price\r\n\"一,\"\"二\"\"三\",A1,2026-01-31,12.5\r\n , A2 ,,\n\n")]);
        Assert.Equal(new ImportResult(2, 2, 0, 2, outcome.Value.Errors), outcome.Value);
        Assert.Equal([new Item(2, "A1", "一,\"二\"三", new Fen(1250), new DateOnly(2026, 1, 31)), new Item(3, "A2", "", null, null)], kind.Stored);
    }

    [Theory]
    [InlineData("", "import.empty_file", null)]
    [InlineData("code,name,price,from,colour,size\n", "import.unknown_column", "colour, size")]
    [InlineData("code,from\n", "import.missing_column", "name, price")]
    [InlineData("code,name,code,price,from\n", "import.repeated_column", "code")]
    [InlineData("code;name;price;from\n", "import.unknown_column", "code;name;price;from")]
    public async Task Wrong_header_is_refused_by_name(string file, string code, string? field)
    {
        var (outcome, kind) = await Import(file);
        Assert.Equal((code, field), (outcome.Refusal?.Code, outcome.Refusal?.Field));
        Assert.Empty(kind.Stored);
    }

    [Fact]
    public async Task File_that_is_not_utf8_is_refused_whole()
    {
        var (outcome, kind) = await Import([.. Encoding.UTF8.GetBytes("code,name,price,from\nA1,x,1,\nA2,"), 0xD5, 0xC5, .. "\n"u8], partial: true);
        Assert.Equal("import.not_utf8", outcome.Refusal?.Code);
        Assert.Empty(kind.Stored);
    }

    [Fact]
    public async Task Quote_that_never_closes_is_refused_and_does_not_fill_the_memory()
    {
        var (outcome, kind) = await Import("code,name,price,from\nA1,\"x,1,\n" + string.Concat(Enumerable.Repeat("A2,x,1,\n", 10_000)));
        Assert.Equal("import.endless_field", outcome.Refusal?.Code);
        Assert.Empty(kind.Stored);
    }

    [Theory]
    [InlineData("A1,\"x,1,2026-01-01\n")]
    [InlineData("A1,a\"b,1,2026-01-01\n")]
    [InlineData("A1,\"a\"b,1,2026-01-01\n")]
    public async Task Stray_quote_is_an_error_of_its_row(string row)
    {
        var (outcome, _) = await Import("code,name,price,from\n" + row);
        Assert.Equal(1, outcome.Value.Rejected);
        Assert.Contains(outcome.Value.Errors.Single().Code, (string[])["import.bad_quoting", "import.wrong_field_count"]);
    }

    [Fact]
    public async Task Every_error_of_a_row_names_line_and_column()
    {
        var (outcome, kind) = await Import("code,name,price,from\nA1,\"two\nlines\",1,\n,x,1.234,2026-02-30\nA3,x\nA4,a\u0001b,1,\n");
        Assert.Equal(
            [(2, "name", "import.bad_character"), (4, "code", "import.required"), (4, "price", "import.bad_amount"), (4, "from", "import.bad_date"), (5, "", "import.wrong_field_count"), (6, "name", "import.bad_character")],
            outcome.Value.Errors.Select(e => ((int)e.Line, e.Column, e.Code)));
        Assert.Equal((4, 0, 4, 0), ((int)outcome.Value.Rows, (int)outcome.Value.Accepted, (int)outcome.Value.Rejected, (int)outcome.Value.Changed));
        Assert.Empty(kind.Stored);
    }

    [Fact]
    public async Task One_bad_row_keeps_the_whole_file_out()
    {
        var (outcome, kind) = await Import("code,name,price,from\nA1,x,1,\nA2,x,-1,\n");
        Assert.Equal((0L, 1L, 0L), (outcome.Value.Accepted, outcome.Value.Rejected, outcome.Value.Changed));
        Assert.Empty(kind.Stored);
    }

    [Fact]
    public async Task Partial_import_takes_the_good_rows_and_counts_rows_refused_late()
    {
        var (outcome, kind) = await Import("code,name,price,from\nA1,x,1,\nA2,x,-1,\nA1,x,2,\nA3,x,1,\n", partial: true);
        Assert.Equal((4L, 2L, 2L, 2L), (outcome.Value.Rows, outcome.Value.Accepted, outcome.Value.Rejected, outcome.Value.Changed));
        Assert.Equal(["A1", "A3"], kind.Stored.Select(i => i.Code));
        Assert.Contains(outcome.Value.Errors, e => e is { Line: 4, Code: "item.repeated" });
    }

    [Fact]
    public async Task Only_the_first_thousand_errors_are_kept_but_all_are_counted_and_reported()
    {
        var reported = 0;
        var file = "code,name,price,from\n" + string.Concat(Enumerable.Repeat(",x,1,\n", 2500));
        var outcome = await CsvFile.Import(new MemoryStream(Encoding.UTF8.GetBytes(file)), new ItemImport(), new ImportRun(acceptPartial: false, _ => reported++));
        Assert.Equal((2500L, 1000, 2500), (outcome.Value.Rejected, outcome.Value.Errors.Count, reported));
    }

    [Fact]
    public async Task Bad_rows_come_back_with_their_content()
    {
        const string file = "code,name,price,from\r\nA1,\"x\r\ny\",1,\r\n,\"a,b\",z,\r\n";
        var (outcome, _) = await Import("code,name,price,from\r\nA1,\"x\r\ny\",1,\r\n,\"a,b\",z,\r\n", partial: true);
        await using var output = new StringWriter();
        await RejectedRows.WriteCsv(new StringReader(file), outcome.Value.Errors, output);
        Assert.Equal("""
            line,column,code,chinese,english,code,name,price,from
            2,name,import.bad_character,含有控制字符,contains a control character,A1,"x
            y",1,
            4,code,import.required,不能为空,must not be empty,,"a,b",z,
            4,price,import.bad_amount,不是最多两位小数的金额（元）,is not an amount in yuan with at most two decimals,,"a,b",z,

            """.ReplaceLineEndings("\r\n"), output.ToString());
    }

    [Fact]
    public async Task Hundred_thousand_rows_pass_without_being_held()
    {
        var kind = new CountingImport();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var outcome = await CsvFile.Import(new RepeatingStream("code,name,price,from\n", "A1,一个很长的名称,12.34,2026-01-01\n", 100_000), kind, new ImportRun(false));
        Assert.Equal(100_000, outcome.Value.Accepted);
        Assert.InRange(kind.MemoryMax - before, long.MinValue, 20_000_000);
    }

    private sealed class CountingImport : CsvImport<Item>
    {
        public long MemoryMax { get; private set; }
        public override IReadOnlyList<string> Columns => ["code", "name", "price", "from"];
        public override Item? Parse(CsvRow row) => new(row.Line, row.Text("code", 10), row.Text("name", 20), row.Money("price"), row.Date("from"));

        public override async Task<long> Store(IAsyncEnumerable<Item> rows, ImportRun run, CancellationToken cancellation)
        {
            var count = 0;
            await foreach (var _ in rows.WithCancellation(cancellation))
                if (++count % 20_000 == 0) MemoryMax = Math.Max(MemoryMax, GC.GetTotalMemory(forceFullCollection: true));
            return count;
        }
    }

    /// <summary>A file that exists only while it is read.</summary>
    private sealed class RepeatingStream(string first, string line, int times) : Stream
    {
        private readonly byte[] body = Encoding.UTF8.GetBytes(line);
        private byte[] now = Encoding.UTF8.GetBytes(first);
        private int at, left = times;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (at == now.Length) { if (left-- <= 0) return 0; (now, at) = (body, 0); }
            var length = Math.Min(count, now.Length - at);
            Array.Copy(now, at, buffer, offset, length);
            at += length;
            return length;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
