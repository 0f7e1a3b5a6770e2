using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Projections;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// The events of each contract in the city's database. To append: <see cref="Lock"/>, look with <see cref="Find"/> for what has been told already,
/// <see cref="Append"/>, all in one transaction. Whoever appends to several contracts locks them in the order of their numbers.
/// </summary>
internal static class InsurerFeed
{
    /// <summary>Keeps others from appending until the transaction ends.</summary>
    /// <returns>The cursor of the contract's last event; 0 = none yet.</returns>
    public static async Task<long> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string contractNo, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO insurer_stream (contract_no) VALUES ($1) ON CONFLICT DO NOTHING") { Parameters = { new() { Value = contractNo } } },
                new("SELECT last_cursor FROM insurer_stream WHERE contract_no = $1 FOR UPDATE") { Parameters = { new() { Value = contractNo } } },
            },
        };
        return (long)(await batch.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>What the contract's insurer was told of these settlements and reversals and of their corrections, in order of cursor.</summary>
    public static async Task<List<ClaimEvent>> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string contractNo, IReadOnlyCollection<string> setlIds, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT cursor, doc FROM insurer_feed WHERE contract_no = $1 AND (setl_id = ANY($2) OR (corrects_setl_id <> '' AND corrects_setl_id = ANY($2))) ORDER BY cursor", connection, transaction)
        {
            Parameters = { new() { Value = contractNo }, new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = [.. setlIds] } },
        };
        return await Read(command, contractNo, cancellation);
    }

    /// <summary>The next events after a cursor, at most <paramref name="count"/>.</summary>
    public static async Task<List<ClaimEvent>> ReadAfter(NpgsqlDataSource database, string contractNo, long cursor, int count, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT cursor, doc FROM insurer_feed WHERE contract_no = $1 AND cursor > $2 ORDER BY cursor LIMIT $3");
        command.Parameters.Add(new() { Value = contractNo });
        command.Parameters.Add(new() { Value = cursor });
        command.Parameters.Add(new() { Value = count });
        return await Read(command, contractNo, cancellation);
    }

    private static async Task<List<ClaimEvent>> Read(NpgsqlCommand command, string contractNo, CancellationToken cancellation)
    {
        var events = new List<ClaimEvent>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var e = ClaimEvent.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1));
            (e.Cursor, e.ContractNo) = (reader.GetInt64(0), contractNo);
            events.Add(e);
        }
        return events;
    }

    /// <summary>Writes events after <paramref name="last"/> and numbers them. Their contract is <paramref name="contractNo"/>, whatever they say.</summary>
    /// <param name="last">What <see cref="Lock"/> returned in this transaction.</param>
    public static async Task Append(NpgsqlConnection connection, NpgsqlTransaction transaction, string contractNo, long last, IReadOnlyList<ClaimEvent> events, CancellationToken cancellation)
    {
        if (events.Count == 0) return;
        for (var i = 0; i < events.Count; i++) (events[i].Cursor, events[i].ContractNo) = (last + i + 1, contractNo);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new SetInsert().Text(events, _ => contractNo).Bigint(events, e => e.Cursor).Column(events, NpgsqlDbType.Smallint, e => (short)e.Kind)
            .Text(events, e => e.SetlId).Text(events, e => e.ReversesSetlId).Text(events, e => e.CorrectsSetlId).Text(events, e => e.DisputeNo).Text(events, e => e.County).Date(events, e => DayNumber.ToDate(e.PolicyOn)).Bigint(events, e => e.InsurerFen).Bytes(events, Document).Date(events, e => ChinaCalendar.DayOf(e.SettledAtMs))
            .Command("INSERT INTO insurer_feed (contract_no, cursor, kind, setl_id, reverses_setl_id, corrects_setl_id, dispute_no, county, policy_on, insurer_fen, doc, settled_on) SELECT * FROM {unnest}"));
        batch.BatchCommands.Add(new("UPDATE insurer_stream SET last_cursor = $2 WHERE contract_no = $1") { Parameters = { new() { Value = contractNo }, new() { Value = last + events.Count } } });
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static byte[] Document(ClaimEvent e)
    {
        var bare = e.Clone();
        (bare.Cursor, bare.ContractNo) = (0, "");
        return bare.ToByteArray();
    }
}
