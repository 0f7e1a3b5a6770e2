using System.Globalization;
using System.Text;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.InsurerSample;

/// <summary>
/// The insurer's own books: a file with one line per event, cursor, kind, setl_id, fen. An event that comes again is known by its cursor. A real insurer
/// has a database; what matters is the order: first booked and safe on disk, then acknowledged.
/// </summary>
internal sealed class BookedClaims : IDisposable
{
    private readonly FileStream file;

    public BookedClaims(string path)
    {
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 64 * 1024);
        using var reader = new StreamReader(file, Encoding.UTF8, false, 64 * 1024, leaveOpen: true);
        var text = reader.ReadToEnd();
        // Killed in the middle of a line: what was not finished was not acknowledged either, and comes again.
        var whole = text.LastIndexOf('\n') + 1;
        foreach (var line in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var field = line.Split('\t');
            Count(long.Parse(field[0], CultureInfo.InvariantCulture), Enum.Parse<ClaimEventKind>(field[1]), long.Parse(field[3], CultureInfo.InvariantCulture));
        }
        file.SetLength(Encoding.UTF8.GetByteCount(text.AsSpan(0, whole)));
        file.Seek(0, SeekOrigin.End);
    }

    public long Cursor { get; private set; }
    public long SumFen { get; private set; }
    public Dictionary<ClaimEventKind, int> Kinds { get; } = [];

    /// <returns>False: it was booked before.</returns>
    /// <exception cref="InvalidDataException">Events in between are missing, which the platform promises not to happen.</exception>
    public bool Book(ClaimEvent e)
    {
        if (e.Cursor <= Cursor) return false;
        if (e.Cursor != Cursor + 1) throw new InvalidDataException($"event {e.Cursor} came after {Cursor}");
        file.Write(Encoding.UTF8.GetBytes($"{e.Cursor}\t{e.Kind}\t{e.SetlId}\t{e.InsurerFen}\n"));
        Count(e.Cursor, e.Kind, e.InsurerFen);
        return true;
    }

    public void Save() => file.Flush(flushToDisk: true);

    private void Count(long cursor, ClaimEventKind kind, long fen)
    {
        (Cursor, SumFen) = (cursor, SumFen + fen);
        Kinds[kind] = Kinds.GetValueOrDefault(kind) + 1;
    }

    public void Dispose() => file.Dispose();
}
