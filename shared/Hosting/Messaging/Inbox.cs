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

    /// <summary>How long a repeat is recognised. Far beyond any redelivery of a broker; a person who replays an error queue has this long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(60);

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

    internal static async Task Forget(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("DELETE FROM inbox WHERE received_at < now() - $1");
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Kept });
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
