using System.Text;
using MedInsure.Hosting.Imports;

namespace MedInsure.ProviderRegistry.Tests;

/// <summary>Reads a file's rows without storing them: what a row is refused for in itself.</summary>
internal sealed class ParsedRows<TRow>(IReadOnlyList<string> columns, Func<CsvRow, TRow?> parse) : CsvImport<TRow> where TRow : class
{
    private readonly List<TRow> kept = [];

    public override IReadOnlyList<string> Columns => columns;
    public override TRow? Parse(CsvRow row) => parse(row);

    public override async Task<long> Store(IAsyncEnumerable<TRow> rows, ImportRun run, CancellationToken cancellation)
    {
        await foreach (var row in rows) kept.Add(row);
        return kept.Count;
    }

    public static async Task<(List<TRow> Rows, IReadOnlyList<RowError> Errors)> Of(string csv, IReadOnlyList<string> columns, Func<CsvRow, TRow?> parse)
    {
        var import = new ParsedRows<TRow>(columns, parse);
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var outcome = await CsvFile.Import(file, import, new ImportRun(acceptPartial: false));
        return (import.kept, outcome.Value.Errors);
    }
}
