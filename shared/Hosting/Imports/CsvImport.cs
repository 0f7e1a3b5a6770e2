using MedInsure.Kernel;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// One kind of file of import-formats.md: its columns, how a row is read, and how the rows are stored. One instance per run.
/// Rows pass one at a time; whoever stores them copies them into staging tables and never holds the file.
/// </summary>
public abstract class CsvImport<TRow> where TRow : class
{
    /// <summary>Exactly the columns of the header, in any order.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The row's value; what is wrong is said through <see cref="CsvRow.Fail"/> and the row's readers.
    /// With an error on the row the returned value is not used, and may be null. Keep <see cref="CsvRow.Line"/> for later refusals.</summary>
    public abstract TRow? Parse(CsvRow row);

    /// <summary>
    /// Stores the rows that parsed, in the caller's own transaction. Rows refused only when seen together (a repeated key, an unknown employer)
    /// go to <see cref="ImportRun.Reject"/> and are not stored. Commits only if <see cref="ImportRun.MayCommit"/>, asked after the last row.
    /// Cancellation and exceptions of <paramref name="rows"/> must reach the caller, with nothing stored.
    /// </summary>
    /// <returns>How many stored things the file changed: 0 for the same file again.</returns>
    public abstract Task<long> Store(IAsyncEnumerable<TRow> rows, ImportRun run, CancellationToken cancellation);
}

/// <summary>What is wrong with one row. <paramref name="Line"/> counts the file's lines from 1 (the header); texts never repeat the value.</summary>
/// <param name="Column">Empty when the row as a whole is wrong.</param>
public sealed record RowError(long Line, string Column, string Code, string Chinese, string English);

/// <summary>The outcome of a file. Of a file refused whole, nothing is accepted.</summary>
/// <param name="Rows">Rows in the file, without the header.</param>
/// <param name="Accepted">Rows stored, changed or not.</param>
/// <param name="Rejected">Rows with at least one error.</param>
/// <param name="Changed">Stored things that differ from before.</param>
/// <param name="Errors">The first <see cref="ImportRun.ErrorsKept"/> errors.</param>
public sealed record ImportResult(long Rows, long Accepted, long Rejected, long Changed, IReadOnlyList<RowError> Errors);

/// <summary>One file on its way in: counts, errors, and whether the whole may be stored.</summary>
public sealed class ImportRun(bool acceptPartial, Action<RowError>? onError = null)
{
    public const int ErrorsKept = 1000;

    private readonly List<RowError> errors = [];
    private readonly HashSet<long> rejectedLines = [];

    public bool AcceptPartial => acceptPartial;
    public long Rows { get; internal set; }
    public long Rejected => rejectedLines.Count;
    public IReadOnlyList<RowError> Errors => errors;

    /// <summary>Whether what was staged may be committed: no row was rejected, or good rows are wanted on their own.</summary>
    public bool MayCommit => acceptPartial || rejectedLines.Count == 0;

    /// <summary>May be called by several databases' checks at once.</summary>
    public void Reject(RowError error)
    {
        lock (rejectedLines)
        {
            rejectedLines.Add(error.Line);
            if (errors.Count < ErrorsKept) errors.Add(error);
            onError?.Invoke(error);
        }
    }

    public void Reject(long line, string column, string code, string chinese, string english) => Reject(new RowError(line, column, code, chinese, english));

    internal ImportResult Result(long changed) => MayCommit ? new(Rows, Rows - Rejected, Rejected, changed, errors) : new(Rows, 0, Rejected, 0, errors);
}

/// <summary>The file as a whole is refused. Passes through the storing code, whose transaction it rolls back on the way; a kind of file throws it for what only the whole shows.</summary>
#pragma warning disable CA1032 // It stands for a refusal, never for a text alone.
public sealed class FileRefusedException(Refusal refusal) : Exception(refusal.English)
#pragma warning restore CA1032
{
    public Refusal Refusal => refusal;
}
