using System.Buffers;
using MedInsure.Kernel;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// Records of a CSV file by RFC 4180; a line ends with CR LF, LF or CR. One record's text is in memory, and fields are cut out of it without a copy: of a file of a million
/// rows most of the time would go into strings that nobody keeps.
/// </summary>
internal sealed class CsvReader(TextReader text)
{
    /// <summary>No field of any format comes near: what is longer is a quote that never closed.</summary>
    private const int FieldLengthMax = 20_000;
    /// <summary>Neither does a record.</summary>
    private const int RecordLengthMax = 1 << 20;

    private static readonly SearchValues<char> Ends = SearchValues.Create(",\r\n\"");

    private char[] buffer = new char[1 << 16], plain = [];
    private (int Start, int Length, bool Doubled)[] fields = new (int, int, bool)[16];
    // The next record begins at; the file's text in the buffer ends at.
    private int begin, end;
    private bool ended;
    private long nextLine = 1;

    public int Count { get; private set; }

    /// <summary>The file's line on which the record begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The record has a quote inside a field that does not begin with one, or something behind a closing quote.</summary>
    public bool HasBadQuotes { get; private set; }

    /// <summary>A field of the record may hold a control character.</summary>
    public bool HasControls { get; private set; }

    /// <summary>The line that would come next: about where a file breaks off.</summary>
    public long NextLine => nextLine;

    /// <returns>False: the file is at its end.</returns>
    /// <exception cref="FileRefusedException">A field or record is longer than any can be.</exception>
    /// <exception cref="System.Text.DecoderFallbackException">The file is not in the reader's encoding.</exception>
    public async ValueTask<bool> Read(CancellationToken cancellation)
    {
        while (!Scan())
        {
            if (ended) return false;
            await Fill(cancellation);
        }
        return true;
    }

    /// <summary>A field of the record, until the next one is read: without the quotes around it, blanks kept.</summary>
    public ReadOnlySpan<char> this[int field]
    {
        get
        {
            var (start, length, doubled) = fields[field];
            var raw = buffer.AsSpan(start, length);
            return doubled ? Undoubled(raw) : raw;
        }
    }

    private ReadOnlySpan<char> Undoubled(ReadOnlySpan<char> raw)
    {
        if (plain.Length < raw.Length) plain = new char[raw.Length];
        var length = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            plain[length++] = raw[i];
            if (raw[i] == '"' && i + 1 < raw.Length && raw[i + 1] == '"') i++;
        }
        return plain.AsSpan(0, length);
    }

    private async ValueTask Fill(CancellationToken cancellation)
    {
        buffer.AsSpan(begin, end - begin).CopyTo(buffer);
        (begin, end) = (0, end - begin);
        if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var read = await text.ReadAsync(buffer.AsMemory(end), cancellation);
        end += read;
        ended = read == 0;
    }

    /// <returns>False: the record is not wholly in the buffer yet, or the file is at its end.</returns>
    private bool Scan()
    {
        if (begin == end) return false;
        var (at, newlines, bad, count) = (begin, 0L, false, 0);
        var limit = end;
        while (true)
        {
            var (start, stop, doubled) = (at, -1, false);
            if (at < limit && buffer[at] == '"')
            {
                var open = false;
                start = ++at;
                while (true)
                {
                    var quote = buffer.AsSpan(at, limit - at).IndexOf('"');
                    Bound(start, quote < 0 ? limit : at + quote);
                    // A quote that is still open where the file ends belongs to a field that nobody finished.
                    if (quote < 0 && !ended) return false;
                    if (quote < 0) { open = true; at = limit; break; }
                    at += quote + 1;
                    if (at == limit && !ended) return false;
                    if (at == limit || buffer[at] != '"') break;
                    doubled = true;
                    at++;
                }
                stop = open ? limit : at - 1;
                newlines += Newlines(buffer.AsSpan(start, stop - start));
                bad |= open || (at < limit && buffer[at] is not (',' or '\r' or '\n'));
            }

            // To the delimiter: the whole of a plain field, and what wrongly follows a closing quote.
            while (true)
            {
                var next = buffer.AsSpan(at, limit - at).IndexOfAny(Ends);
                Bound(start, next < 0 ? limit : at + next);
                if (next < 0 && !ended) return false;
                at = next < 0 ? limit : at + next;
                if (at == limit || buffer[at] != '"') break;
                bad = true;
                at++;
            }
            if (count == fields.Length) Array.Resize(ref fields, count * 2);
            fields[count++] = (start, (stop < 0 ? at : stop) - start, doubled);
            if (at < limit && buffer[at] == ',') { at++; continue; }

            // A CR at the end of the buffer may have its LF behind it.
            if (at < limit && buffer[at] == '\r' && at + 1 == limit && !ended) return false;
            HasControls = buffer.AsSpan(begin, at - begin).IndexOfAnyInRange('\u0000', '\u001f') >= 0;
            if (at < limit) at += buffer[at] == '\r' && at + 1 < limit && buffer[at + 1] == '\n' ? 2 : 1;
            (Count, HasBadQuotes, Line, begin) = (count, bad, nextLine, at);
            nextLine += newlines + 1;
            return true;
        }
    }

    private static long Newlines(ReadOnlySpan<char> field)
    {
        if (field.IndexOfAny('\r', '\n') < 0) return 0;
        var count = field.Count('\n');
        for (var i = 0; i < field.Length; i++)
            if (field[i] == '\r' && (i + 1 == field.Length || field[i + 1] != '\n')) count++;
        return count;
    }

    private void Bound(int start, int at)
    {
        if (at - start > FieldLengthMax || at - begin > RecordLengthMax)
            throw new FileRefusedException(new(RefusalKind.Invalid, "import.endless_field", $"第{nextLine}行附近有未结束的引号或过长的字段", $"near line {nextLine} a quote is not closed or a field is too long"));
    }
}
