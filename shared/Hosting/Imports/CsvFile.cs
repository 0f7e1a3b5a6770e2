using System.Runtime.CompilerServices;
using System.Text;
using MedInsure.Kernel;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// Reads a file of import-formats.md row by row into a <see cref="CsvImport{TRow}"/>. The file as a whole is refused when it is not UTF-8,
/// when its header lacks, repeats or adds a column (each by name), or when a field has no end; everything else is an error of a row.
/// </summary>
public static class CsvFile
{
    private const int RowsPerProgress = 10_000;

    public static async Task<Outcome<ImportResult>> Import<TRow>(
        Stream file, CsvImport<TRow> kind, ImportRun run, Func<long, Task>? progress = null, CancellationToken cancellation = default) where TRow : class
    {
        using var text = new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        var reader = new CsvReader(text);
        try
        {
            if (!await reader.Read(cancellation)) return new Refusal(RefusalKind.Invalid, "import.empty_file", "文件为空", "the file is empty");
            var header = new string[reader.Count];
            for (var i = 0; i < header.Length; i++) header[i] = reader[i].Trim().ToString();
            if (HeaderRefusal(header, kind.Columns) is { } refusal) return refusal;
            var changed = await kind.Store(Rows(header, cancellation), run, cancellation);
            if (progress is not null) await progress(run.Rows);
            return run.Result(changed);
        }
        catch (FileRefusedException refused)
        {
            return refused.Refusal;
        }
        catch (DecoderFallbackException)
        {
            return new Refusal(RefusalKind.Invalid, "import.not_utf8", $"第{reader.NextLine}行附近或之后不是UTF-8编码", $"the file is not UTF-8 near or after line {reader.NextLine}");
        }

        async IAsyncEnumerable<TRow> Rows(string[] header, [EnumeratorCancellation] CancellationToken stop)
        {
            var row = new CsvRow(header, kind.Columns, run);
            while (await reader.Read(stop))
            {
                stop.ThrowIfCancellationRequested();
                // A blank line, at the end of the file mostly, is no row.
                if (reader.Count == 1 && reader[0].IsWhiteSpace()) continue;
                run.Rows++;
                if (reader.Count != header.Length)
                {
                    run.Reject(reader.Line, "", "import.wrong_field_count", $"应有{header.Length}个字段", $"has {reader.Count} fields, not {header.Length}");
                    continue;
                }
                if (reader.HasBadQuotes) { run.Reject(reader.Line, "", "import.bad_quoting", "引号不符合CSV规则", "quotes do not follow the rules of CSV"); continue; }
                row.Take(reader);
                var value = kind.Parse(row);
                if (progress is not null && run.Rows % RowsPerProgress == 0) await progress(run.Rows);
                if (row.HasErrors) continue;
                yield return value ?? throw new InvalidOperationException($"{kind.GetType().Name}.Parse gave neither a row nor an error for line {reader.Line}");
            }
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
