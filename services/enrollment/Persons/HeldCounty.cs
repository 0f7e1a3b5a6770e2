using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

/// <summary>A transaction that changes persons. It has the county for itself, as imports do, and sees what the last one left; what is not committed did not happen.</summary>
internal sealed class HeldCounty(NpgsqlConnection connection, NpgsqlTransaction transaction, bool isOwn = false) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;
    public NpgsqlTransaction Transaction => transaction;

    public static async Task<HeldCounty> Take(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            var held = new HeldCounty(connection, await connection.BeginTransactionAsync(cancellation), isOwn: true);
            await held.Lock(cancellation);
            return held;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>For a transaction that somebody else began and ends.</summary>
    public Task Lock(CancellationToken cancellation) => Run("SELECT pg_advisory_xact_lock(hashtextextended('enrollment import', 0))", cancellation);

    public NpgsqlCommand Command(string sql, params object?[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        return command;
    }

    public async Task<int> Run(string sql, CancellationToken cancellation, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    public async Task<List<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
        return rows;
    }

    /// <returns>The person under this very number, which has not been merged into another.</returns>
    public async Task<Outcome<Person>> Find(string? psnNo, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(psnNo)) return Refusals.NumberMissing;
        if (await PersonReader.Read(connection, [psnNo], cancellation) is not [var person]) return Refusals.PersonUnknown.At("psn_no");
        return person.MergedInto.Length > 0 ? Refusals.MergedAlready.At("psn_no") : person;
    }

    /// <summary>After their change: a version more, and the whole state told.</summary>
    public async Task Tell(string[] psnNos, DateTimeOffset at, CancellationToken cancellation)
    {
        await Run("UPDATE person SET version = version + 1, changed_at = $2 WHERE psn_no = ANY ($1)", cancellation, psnNos, at.UtcDateTime);
        foreach (var part in psnNos.Chunk(ChangedPersons.NumbersPerRow)) await ApplyPersons.AddEvents(connection, transaction, part, at, cancellation);
    }

    public async Task Commit(string county, OutboxBell bell, CancellationToken cancellation)
    {
        await transaction.CommitAsync(cancellation);
        bell.Ring(county, EnrollmentModule.Service);
    }

    public async ValueTask DisposeAsync()
    {
        if (!isOwn) return;
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
