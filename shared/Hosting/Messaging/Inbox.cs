using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Hosting.Messaging;

/// <summary>Which events a service has handled for a tenant: written in the handler's own transaction, so that each takes effect once.</summary>
public static class Inbox
{
    /// <summary>The table; each service that handles events has this text as one of its migrations.</summary>
    public const string MigrationSql = """
        -- Events that took effect here; a repeat of one of them is dropped.
        CREATE TABLE inbox (
            event_id uuid PRIMARY KEY,
            received_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX inbox_by_age ON inbox USING brin (received_at);

        """;

    /// <summary>The second table, likewise.</summary>
    public const string StreamMigrationSql = """
        -- Of each publisher, the number of the last message that took effect here; its row's lock lets one message in at a time.
        CREATE TABLE inbox_stream (
            source text NOT NULL,
            service text NOT NULL,
            number bigint NOT NULL,
            PRIMARY KEY (source, service)
        );

        """;

    /// <summary>How long a repeat is recognised. Far beyond any redelivery of a broker; a person who replays an error queue has this long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(60);

    /// <summary>Locks the publisher's stream until the transaction ends, and returns the number of its last message that took effect; 0 = none yet.</summary>
    internal static async Task<long> LockStream(NpgsqlConnection connection, NpgsqlTransaction transaction, string source, string service, CancellationToken cancellation)
    {
        // Made first, so that two receivers of a publisher's first messages have one row to wait at.
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO inbox_stream (source, service, number) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING") { Parameters = { new() { Value = source }, new() { Value = service } } },
                new("SELECT number FROM inbox_stream WHERE source = $1 AND service = $2 FOR UPDATE") { Parameters = { new() { Value = source }, new() { Value = service } } },
            },
        };
        return (long)(await batch.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The row need not be there yet: a first message that could not be handled has taken its own back.</summary>
    internal static async Task Advance(NpgsqlConnection connection, NpgsqlTransaction? transaction, string source, string service, long number, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO inbox_stream AS s (source, service, number) VALUES ($1, $2, $3)
            ON CONFLICT (source, service) DO UPDATE SET number = greatest(s.number, excluded.number)
            """, connection, transaction)
        {
            Parameters = { new() { Value = source }, new() { Value = service }, new() { Value = number } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Enters the ids and returns those that were not there. Another transaction that has entered one of them and not ended is waited for.</summary>
    internal static async Task<HashSet<Guid>> Enter(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid[] ids, CancellationToken cancellation)
    {
        // In order of id, so that two receivers of overlapping messages wait for each other in one direction only.
        await using var command = new NpgsqlCommand("INSERT INTO inbox (event_id) SELECT DISTINCT id FROM unnest($1) AS e (id) ORDER BY id ON CONFLICT DO NOTHING RETURNING event_id", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<Guid[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, TypedValue = ids } },
        };
        var entered = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) entered.Add(reader.GetGuid(0));
        return entered;
    }

    /// <returns>How many were forgotten.</returns>
    internal static async Task<int> Forget(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("DELETE FROM inbox WHERE received_at < now() - $1");
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Kept });
        command.CommandTimeout = 600;
        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
