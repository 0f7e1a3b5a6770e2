using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Messaging;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

/// <summary>
/// The persons that a large file changed: their numbers, thousands to a row, are stored in the file's transaction; after it each row becomes events in the
/// outbox, with the state that the persons have then, and goes, both in one transaction. A process that ends in between leaves the rest to the next.
/// Several replicas take different rows. An event that comes after a newer one's is dropped by its version, as any.
/// </summary>
internal sealed class ChangedPersons(ServedCounties counties, OutboxBell bell, ILogger<ChangedPersons> log) : TenantWork(log, TimeSpan.FromSeconds(1))
{
    public const int NumbersPerRow = 2_000;

    /// <summary>Up to here the events are in the outbox when the file is answered; rendering those of a million persons would double an import's time.</summary>
    public const int EventsAtOnceMax = 5_000;

    /// <summary>In the import's transaction: few persons become events at once, many are left for later.</summary>
    /// <param name="numbers">SQL that selects psn_no, each once.</param>
    /// <param name="others">How many of the same file are left for later anyway.</param>
    /// <returns>How many they are.</returns>
    public static async Task<long> Tell(StagedTenant county, string numbers, DateTimeOffset at, CancellationToken cancellation, long others = 0)
    {
        var few = new List<string>();
        await using (var command = county.Command($"{numbers} ORDER BY 1 LIMIT {EventsAtOnceMax + 1}"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) few.Add(reader.GetString(0));
        if (few.Count == 0) return 0;
        if (few.Count + others <= EventsAtOnceMax)
        {
            foreach (var part in few.Chunk(NumbersPerRow)) await ApplyPersons.AddEvents(county.Connection, county.Transaction, part, at, cancellation);
            return few.Count;
        }
        return await county.Scalar($"""
            WITH kept AS (
                INSERT INTO changed_persons (psn_nos, changed_at)
                SELECT array_agg(psn_no), $1 FROM (SELECT psn_no, row_number() OVER () AS n FROM ({numbers}) every) numbered GROUP BY (n - 1) / {NumbersPerRow} ORDER BY (n - 1) / {NumbersPerRow}
                RETURNING cardinality(psn_nos) AS persons
            ) SELECT sum(persons)::bigint FROM kept
            """, cancellation, at.UtcDateTime);
    }

    protected override IEnumerable<string> Tenants => counties.Codes;

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        if (!await TellNext(counties.Database(tenant), stop)) return false;
        bell.Ring(tenant, EnrollmentModule.Service);
        return true;
    }

    /// <returns>False: nothing waits.</returns>
    public static async Task<bool> TellNext(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var take = new NpgsqlCommand("""
            DELETE FROM changed_persons WHERE seq = (SELECT seq FROM changed_persons ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING psn_nos, changed_at
            """, connection, transaction);
        string[] numbers;
        DateTimeOffset at;
        await using (var reader = await take.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return false;
            (numbers, at) = (reader.GetFieldValue<string[]>(0), reader.GetFieldValue<DateTimeOffset>(1));
        }
        await ApplyPersons.AddEvents(connection, transaction, numbers, at, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }
}
