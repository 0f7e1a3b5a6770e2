using MedInsure.Events;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Hosting.Messaging;

/// <summary>An event to be sent once the transaction that recorded it has committed.</summary>
/// <param name="Id">What consumers drop repeats by: the same fact recorded again must have the same id.</param>
/// <param name="Aggregate">What the order is kept for.</param>
/// <param name="Type">The event record's name.</param>
/// <param name="Payload">UTF-8 JSON, <see cref="EventJson"/>.</param>
public sealed record OutboxEvent(Guid Id, string Aggregate, string Type, byte[] Payload, DateTimeOffset OccurredAt)
{
    public static OutboxEvent Of<T>(string aggregate, T e, DateTimeOffset at) => Of(Guid.CreateVersion7(at), aggregate, e, at);

    /// <summary>With an id of the caller's own, for events that can be derived again (a projection rebuilt from its journal).</summary>
    public static OutboxEvent Of<T>(Guid id, string aggregate, T e, DateTimeOffset at) => new(id, aggregate, typeof(T).Name, EventJson.Write(e), at);
}

/// <summary>
/// Events recorded in the same transaction as the change they tell of, sent after it by the dispatcher (AddOutbox).
/// Events of one aggregate leave in the order of their transactions if those transactions follow one another, that is, if each locks the
/// aggregate's row (or is its single writer) before it adds; unrelated transactions never wait for each other.
/// </summary>
public static class Outbox
{
    /// <summary>The table; each service that publishes has this text as one of its migrations.</summary>
    public const string MigrationSql = """
        -- Events of committed transactions that have not left yet; the dispatcher deletes what was delivered.
        CREATE TABLE outbox (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id uuid NOT NULL,
            aggregate text NOT NULL,
            type text NOT NULL,
            payload bytea NOT NULL,
            occurred_at timestamptz NOT NULL
        )
        -- Every row is soon deleted: the default of a fifth of the table would leave the queue's head full of dead rows.
        WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        """;

    /// <summary>The second table, likewise.</summary>
    public const string StreamMigrationSql = """
        -- By event type, the number of the last message that left the outbox.
        CREATE TABLE outbox_stream (
            type text PRIMARY KEY,
            number bigint NOT NULL
        );

        """;

    public static async Task Add(NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<OutboxEvent> events, CancellationToken cancellation = default)
    {
        if (events.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Command(events));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The insert as a part of the caller's own batch. At least one event.</summary>
    public static NpgsqlBatchCommand Command(IReadOnlyList<OutboxEvent> events) => new("""
        INSERT INTO outbox (id, aggregate, type, payload, occurred_at)
        SELECT id, aggregate, type, payload, occurred_at
        FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS e (id, aggregate, type, payload, occurred_at, n) ORDER BY n
        """)
    {
        Parameters =
        {
            Array(NpgsqlDbType.Uuid, events, e => e.Id),
            Array(NpgsqlDbType.Text, events, e => e.Aggregate),
            Array(NpgsqlDbType.Text, events, e => e.Type),
            Array(NpgsqlDbType.Bytea, events, e => e.Payload),
            Array(NpgsqlDbType.TimestampTz, events, e => e.OccurredAt.UtcDateTime),
        },
    };

    private static NpgsqlParameter<T[]> Array<T>(NpgsqlDbType type, IReadOnlyList<OutboxEvent> events, Func<OutboxEvent, T> column)
    {
        var values = new T[events.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(events[i]);
        return new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };
    }
}
