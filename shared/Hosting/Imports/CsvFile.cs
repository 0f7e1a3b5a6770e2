using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using MedInsure.Kernel;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// Reads a file of import-formats.md row by row into a <see cref="CsvImport{TRow}"/>. The file as a whole is refused when it is not UTF-8,
/// when its header lacks, repeats or adds a column (each by name), or when a field has no end; everything else is an error of a row.
/// </summary>
public static class CsvFile
{
    /// <summary>No field of any format comes near: what is longer is a quote that never closed.</summary>
    private const int FieldLengthMax = 20_000;
    private const int RowsPerProgress = 10_000;

    public static async Task<Outcome<ImportResult>> Import<TRow>(
        Stream file, CsvImport<TRow> kind, ImportRun run, Func<long, Task>? progress = null, CancellationToken cancellation = default) where TRow : class
    {
        using var text = new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        var badQuotes = false;
        using var parser = new CsvParser(text, new CsvConfiguration(System.Globalization.CultureInfo.InvariantCulture)
        {
            Mode = CsvMode.RFC4180, Delimiter = ",", IgnoreBlankLines = false, MaxFieldSize = FieldLengthMax, BufferSize = 1 << 16, ProcessFieldBufferSize = 1 << 10,
            BadDataFound = _ => badQuotes = true,
        });
        try
        {
            if (!await Read(parser)) return new Refusal(RefusalKind.Invalid, "import.empty_file", "文件为空", "the file is empty");
            var header = Enumerable.Range(0, parser.Count).Select(i => parser[i].Trim()).ToArray();
            if (HeaderRefusal(header, kind.Columns) is { } refusal) return refusal;
            var changed = await kind.Store(Rows(cancellation), run, cancellation);
            if (progress is not null) await progress(run.Rows);
            return run.Result(changed);

            async IAsyncEnumerable<TRow> Rows([EnumeratorCancellation] CancellationToken stop)
            {
                var row = new CsvRow(header.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i, StringComparer.Ordinal), run);
                for (long line = parser.RawRow + 1; await Read(parser); line = parser.RawRow + 1)
                {
                    stop.ThrowIfCancellationRequested();
                    // A blank line, at the end of the file mostly, is no row.
                    if (parser.Count == 0 || (parser.Count == 1 && parser[0].Trim().Length == 0)) continue;
                    run.Rows++;
                    badQuotes = false;
                    if (parser.Count != header.Length)
                    {
                        run.Reject(line, "", "import.wrong_field_count", $"应有{header.Length}个字段", $"has {parser.Count} fields, not {header.Length}");
                        continue;
                    }
                    row.Take(line, i => parser[i]);
                    if (badQuotes) { run.Reject(line, "", "import.bad_quoting", "引号不符合CSV规则", "quotes do not follow the rules of CSV"); continue; }
                    var value = kind.Parse(row);
                    if (progress is not null && run.Rows % RowsPerProgress == 0) await progress(run.Rows);
                    if (row.HasErrors) continue;
                    yield return value ?? throw new InvalidOperationException($"{kind.GetType().Name}.Parse gave neither a row nor an error for line {line}");
                }
            }
        }
        catch (FileRefusedException refused)
        {
            return refused.Refusal;
        }

        async Task<bool> Read(CsvParser from)
        {
            cancellation.ThrowIfCancellationRequested();
            try { return await from.ReadAsync(); }
            catch (DecoderFallbackException) { throw new FileRefusedException(new(RefusalKind.Invalid, "import.not_utf8", $"第{from.RawRow + 1}行附近不是UTF-8编码", $"the file is not UTF-8 near line {from.RawRow + 1}")); }
            catch (MaxFieldSizeException) { throw new FileRefusedException(new(RefusalKind.Invalid, "import.endless_field", $"第{from.RawRow + 1}行附近有未结束的引号或过长的字段", $"near line {from.RawRow + 1} a quote is not closed or a field is too long")); }
        }
    }

    private static Refusal? HeaderRefusal(string[] header, IReadOnlyList<string> columns)
    {
        if (header.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1)?.Key is { } repeated) return new(RefusalKind.Invalid, "import.repeated_column", $"列{repeated}重复", $"column {repeated} is repeated", repeated);
        if (Named(header.Except(columns, StringComparer.Ordinal)) is { } unknown) return new(RefusalKind.Invalid, "import.unknown_column", $"未知的列：{unknown}", $"unknown column: {unknown}", unknown);
        if (Named(columns.Except(header, StringComparer.Ordinal)) is { } missing) return new(RefusalKind.Invalid, "import.missing_column", $"缺少列：{missing}", $"missing column: {missing}", missing);
        return null;
    }

    /// <summary>The names, cut to what an answer can carry: a file that is no CSV at all has one endless name.</summary>
    private static string? Named(IEnumerable<string> names)
    {
        var all = string.Join(", ", names.Select(n => n.Length <= 60 ? n : n[..60] + "…").Take(20));
        return names.Any() ? all : null;
    }
}
