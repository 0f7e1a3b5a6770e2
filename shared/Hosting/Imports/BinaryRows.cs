using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// Rows in the binary format of COPY (PostgreSQL manual, COPY, Binary Format), kept until they are sent together: a field costs some nanoseconds, where a driver's
/// call costs a hundred. The caller writes each column of the statement once per row, in its order and type.
/// </summary>
/// <param name="copy">COPY table (columns) FROM STDIN (FORMAT BINARY).</param>
public sealed class BinaryRows(string copy, int columns)
{
    private const int TextOid = 25;
    /// <summary>The server reads each message of COPY whole into memory: one as large as all rows would be new pages to it every time.</summary>
    private const int BytesPerMessage = 1 << 16;
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly DateOnly Day2000 = new(2000, 1, 1);
    private static readonly DateTimeOffset Time2000 = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private byte[] bytes = new byte[1 << 12];
    private int length;

    public int Bytes => length;

    public void BeginRow()
    {
        if (length == 0) Header.CopyTo(Room(Header.Length));
        BinaryPrimitives.WriteInt16BigEndian(Room(2), (short)columns);
    }

    public void Null() => Int(-1);

    public void Text(string text)
    {
        var room = Room(4 + text.Length * 3);
        var written = Encoding.UTF8.GetBytes(text, room[4..]);
        BinaryPrimitives.WriteInt32BigEndian(room, written);
        length -= text.Length * 3 - written;
    }

    /// <summary>text[].</summary>
    public void Texts(IReadOnlyList<string> texts)
    {
        var at = length;
        Int(0);
        Int(texts.Count == 0 ? 0 : 1);
        Int(0);
        Int(TextOid);
        if (texts.Count > 0)
        {
            Int(texts.Count);
            Int(1);
            for (var i = 0; i < texts.Count; i++) Text(texts[i]);
        }
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), length - at - 4);
    }

    /// <summary>bigint.</summary>
    public void Number(long number)
    {
        Int(8);
        BinaryPrimitives.WriteInt64BigEndian(Room(8), number);
    }

    public void Number(long? number)
    {
        if (number is { } known) Number(known); else Null();
    }

    /// <summary>int.</summary>
    public void Whole(int number)
    {
        Int(4);
        Int(number);
    }

    /// <summary>boolean.</summary>
    public void Flag(bool flag)
    {
        Int(1);
        Room(1)[0] = flag ? (byte)1 : (byte)0;
    }

    public void Date(DateOnly day)
    {
        Int(4);
        Int(day.DayNumber - Day2000.DayNumber);
    }

    public void Date(DateOnly? day)
    {
        if (day is { } known) Date(known); else Null();
    }

    /// <summary>timestamptz, whole microseconds.</summary>
    public void Time(DateTimeOffset time) => Number((time - Time2000).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Sends the rows and forgets them; without rows does nothing.</summary>
    public async Task Send(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (length == 0) return;
        BinaryPrimitives.WriteInt16BigEndian(Room(2), -1);
        await using (var stream = await connection.BeginRawBinaryCopyAsync(copy, cancellation))
            for (var at = 0; at < length; at += BytesPerMessage) await stream.WriteAsync(bytes.AsMemory(at, Math.Min(BytesPerMessage, length - at)), cancellation);
        length = 0;
    }

    private void Int(int number) => BinaryPrimitives.WriteInt32BigEndian(Room(4), number);

    private Span<byte> Room(int size)
    {
        if (bytes.Length - length < size) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + size));
        var room = bytes.AsSpan(length, size);
        length += size;
        return room;
    }
}
