using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Journal;

/// <summary>The journal's end: the last seq and its hash. Seq 0 with 32 zero bytes stands before the first batch.</summary>
public readonly record struct JournalHead(long Seq, byte[] Hash)
{
    public static readonly JournalHead Start = new(0, new byte[32]);
}

/// <summary>A record and its encoding, made once for the journal and the projections.</summary>
public readonly record struct JournalEntry(JournalRecord Record, byte[] Bytes)
{
    public static JournalEntry Of(JournalRecord record) => new(record, record.ToByteArray());
}

/// <summary>The SQL of the journal's table and of the lease that one writer holds.</summary>
public static class JournalStore
{
    // Any number no other advisory lock of this database uses; the lock belongs to the session and ends with it.
    private const long LeaseKey = 0x6A6F_7572_6E61_6C01;

    /// <summary>hash = SHA-256(previous hash, seq as eight bytes big-endian, records).</summary>
    public static byte[] Hash(ReadOnlySpan<byte> previous, long seq, ReadOnlySpan<byte> records)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, seq);
        sha.AppendData(previous);
        sha.AppendData(number);
        sha.AppendData(records);
        return sha.GetHashAndReset();
    }

    /// <summary>True when this session now holds the tenant's lease.</summary>
    public static async Task<bool> TryLease(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = LeaseKey } } };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>From now on <see cref="NpgsqlConnection.WaitAsync(TimeSpan, CancellationToken)"/> returns when a writer gives its lease back.</summary>
    public static async Task ListenForLease(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("LISTEN journal_lease", connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Gives the lease back at once and wakes whoever waits for it. A connection in the pool would keep it until it is used again, and nobody could take over.</summary>
    public static async Task ReleaseLease(NpgsqlConnection connection)
    {
        if (connection.FullState != System.Data.ConnectionState.Open) return; // broken: the lease ended with its session
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({LeaseKey}); NOTIFY journal_lease", connection) { CommandTimeout = 5 };
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException) { /* As above. */ }
    }

    public static async Task<JournalHead> ReadHead(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new JournalHead(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : JournalHead.Start;
    }

    /// <summary>Appends one batch as the next seq and commits it. A second writer's append fails on the primary key.</summary>
    public static async Task<JournalHead> Append(NpgsqlConnection connection, JournalHead head, IReadOnlyList<JournalEntry> batch, DateTimeOffset at, CancellationToken cancellation)
    {
        var seq = head.Seq + 1;
        var records = Encode(batch);
        var hash = Hash(head.Hash, seq, records);
        await using var command = new NpgsqlCommand("INSERT INTO journal (seq, prev_hash, hash, written_at, record_count, records) VALUES ($1, $2, $3, $4, $5, $6)", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = seq },
                new NpgsqlParameter<byte[]> { TypedValue = head.Hash },
                new NpgsqlParameter<byte[]> { TypedValue = hash },
                new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<int> { TypedValue = batch.Count },
                new NpgsqlParameter<byte[]> { TypedValue = records },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
        return new JournalHead(seq, hash);
    }

    /// <summary>The encoding of a <see cref="JournalBatch"/> of these records, from their own encodings.</summary>
    public static byte[] Encode(IReadOnlyList<JournalEntry> batch)
    {
        var tag = WireFormat.MakeTag(JournalBatch.RecordFieldNumber, WireFormat.WireType.LengthDelimited);
        var size = 0;
        foreach (var entry in batch) size += CodedOutputStream.ComputeTagSize(JournalBatch.RecordFieldNumber) + CodedOutputStream.ComputeLengthSize(entry.Bytes.Length) + entry.Bytes.Length;
        var encoded = new byte[size];
        var at = 0;
        foreach (var entry in batch)
        {
            at = WriteVarint(encoded, at, tag);
            at = WriteVarint(encoded, at, (uint)entry.Bytes.Length);
            entry.Bytes.CopyTo(encoded, at);
            at += entry.Bytes.Length;
        }
        return encoded;
    }

    private static int WriteVarint(byte[] to, int at, uint value)
    {
        for (; value >= 0x80; value >>= 7) to[at++] = (byte)(value & 0x7F | 0x80);
        to[at++] = (byte)value;
        return at;
    }

    /// <summary>Batches after a seq, in order, at most <paramref name="limit"/>.</summary>
    public static async Task<List<(long Seq, IReadOnlyList<JournalEntry> Batch)>> ReadAfter(NpgsqlConnection connection, long seq, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT seq, records FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2", connection)
        {
            Parameters = { new() { Value = seq }, new() { Value = limit } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var batches = new List<(long, IReadOnlyList<JournalEntry>)>();
        while (await reader.ReadAsync(cancellation)) batches.Add((reader.GetInt64(0), [.. JournalBatch.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)).Record.Select(JournalEntry.Of)]));
        return batches;
    }

    /// <summary>Walks the whole chain and returns the first seq whose number, previous hash or hash is wrong; null = the chain holds.</summary>
    public static async Task<long?> FindBreak(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT seq, prev_hash, hash, records FROM journal ORDER BY seq", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellation);
        var head = JournalHead.Start;
        while (await reader.ReadAsync(cancellation))
        {
            var seq = reader.GetInt64(0);
            var (previous, hash, records) = (reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3));
            if (seq != head.Seq + 1 || !previous.AsSpan().SequenceEqual(head.Hash) || !hash.AsSpan().SequenceEqual(Hash(previous, seq, records))) return seq;
            head = new JournalHead(seq, hash);
        }
        return null;
    }
}
