using Npgsql;

namespace MedInsure.Hosting.Imports;

/// <summary>
/// Stages the rows of one file in a temporary table of each tenant they belong to, one transaction per tenant, so that a file of several tenants is
/// checked as a whole before anything of it is stored. Commits follow one another: a process that ends between two of them leaves some tenants
/// done; the same file again completes the rest and changes nothing where it is in already.
/// </summary>
/// <param name="database">The tenant's database, as the service's runtime role.</param>
/// <param name="createTables">CREATE TEMP TABLE … ON COMMIT DROP, one or more.</param>
/// <param name="copy">COPY staged (…) FROM STDIN (FORMAT BINARY).</param>
/// <param name="lockName">Imports of this name exclude each other per database, from <see cref="Close"/> to the end of the transaction.</param>
public sealed class TenantStaging(Func<string, NpgsqlDataSource> database, string createTables, string copy, string lockName) : IAsyncDisposable
{
    /// <summary>For whoever fills the tables by a <see cref="CopyLane"/>.</summary>
    public TenantStaging(Func<string, NpgsqlDataSource> database, string createTables, string lockName) : this(database, createTables, "", lockName) { }

    private static readonly TimeSpan PatienceOutOfTurn = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<string, StagedTenant> tenants = new(StringComparer.Ordinal);

    /// <summary>In the order of their codes.</summary>
    public IReadOnlyCollection<StagedTenant> Tenants => tenants.Values;

    /// <summary>The writer of a tenant's staging table; opened with its transaction at the first row.</summary>
    public async ValueTask<NpgsqlBinaryImporter> Writer(string tenant, CancellationToken cancellation)
    {
        var staged = await Open(tenant, cancellation);
        if (staged.Writer is { } open) return open;
        staged.Writer = await staged.Connection.BeginBinaryImportAsync(copy, cancellation);
        staged.Writer.Timeout = Timeout.InfiniteTimeSpan;
        return staged.Writer;
    }

    /// <summary>The tenant's transaction with its staging tables; opened at the first call. Without a writer the caller fills them.</summary>
    public async ValueTask<StagedTenant> Open(string tenant, CancellationToken cancellation)
    {
        if (tenants.TryGetValue(tenant, out var known)) return known;
        var connection = await database(tenant).OpenConnectionAsync(cancellation);
        var staged = new StagedTenant(tenant, connection);
        tenants.Add(tenant, staged);
        staged.Transaction = await connection.BeginTransactionAsync(cancellation);
        await staged.Run(createTables, cancellation);
        return staged;
    }

    /// <summary>Takes the tenant's lock before its turn, where nobody holds it.</summary>
    public async Task<bool> TryLock(StagedTenant tenant, CancellationToken cancellation)
    {
        await using var command = tenant.Command($"SELECT pg_try_advisory_xact_lock(hashtextextended('{lockName}', 0))");
        return tenant.IsLocked = (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>
    /// Ends the copying and takes the locks, always in the same order, so that two imports of the same tenants wait instead of block each other. Who holds a lock
    /// already, taken before its turn, waits a short time only for one that comes before it: another import may hold that one and wait for this one's.
    /// </summary>
    /// <exception cref="FileRefusedException">import.busy: not all locks could be had.</exception>
    public async Task Close(CancellationToken cancellation)
    {
        foreach (var tenant in Tenants)
        {
            if (tenant.Writer is { } open)
            {
                await open.CompleteAsync(cancellation);
                await open.DisposeAsync();
                tenant.Writer = null;
            }
            if (tenant.Lane is { } lane) await lane.Complete(cancellation);
        }
        foreach (var tenant in Tenants.Where(t => !t.IsLocked))
        {
            var take = $"SELECT pg_advisory_xact_lock(hashtextextended('{lockName}', 0))";
            if (tenants.Values.Any(t => t.IsLocked && string.CompareOrdinal(t.Code, tenant.Code) > 0)) await tenant.TakeWithin(PatienceOutOfTurn, take, cancellation);
            else await tenant.Run(take, cancellation);
        }
    }

    public async Task Commit(CancellationToken cancellation)
    {
        foreach (var tenant in Tenants) await tenant.Transaction.CommitAsync(cancellation);
    }

    /// <summary>Rolls back what was not committed.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var tenant in Tenants)
        {
            // An unfinished COPY is cancelled by closing its writer.
            if (tenant.Writer is { } open) await open.DisposeAsync();
            if (tenant.Lane is { } lane) await lane.Settle();
            if (tenant.Transaction is { } transaction) await transaction.DisposeAsync();
            await tenant.Connection.DisposeAsync();
        }
        tenants.Clear();
    }
}

/// <summary>One tenant's part of a file.</summary>
public sealed class StagedTenant
{
    internal StagedTenant(string code, NpgsqlConnection connection) => (Code, Connection) = (code, connection);

    public string Code { get; }
    public NpgsqlConnection Connection { get; }
    public NpgsqlTransaction Transaction { get; internal set; } = null!;
    internal NpgsqlBinaryImporter? Writer { get; set; }
    internal CopyLane? Lane { get; private set; }
    internal bool IsLocked { get; set; }

    /// <summary>Rows for one or more tables, on their way while the next ones are read. Until the staging is closed the connection belongs to it.</summary>
    /// <param name="tables">Gives the tables' empty rows; called twice: one set is filled while the other is sent.</param>
    public CopyLane CopyInto(Func<IReadOnlyList<BinaryRows>> tables) => Lane = new CopyLane(Connection, tables(), tables());

    /// <summary>A statement without limit of time, with parameters $1 …; a large file takes what it takes, and the caller's token ends it.</summary>
    public NpgsqlCommand Command(string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, Connection) { CommandTimeout = 0 };
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    /// <returns>The number of rows changed.</returns>
    public async Task<int> Run(string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Statements that wait a short time only for what somebody else may hold.</summary>
    /// <exception cref="FileRefusedException">import.busy: somebody holds it.</exception>
    public async Task TakeWithin(TimeSpan patience, string sql, CancellationToken cancellation)
    {
        try { await Run($"SET LOCAL lock_timeout = {(int)patience.TotalMilliseconds}; {sql}; SET LOCAL lock_timeout = 0", cancellation); }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable) { throw new FileRefusedException(ImportEndpoint.Busy); }
    }

    /// <returns>The first column of the first row.</returns>
    public async Task<long> Scalar(string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Rejects rows that are wrong only beside others and takes them out of the staging table. Each row of <paramref name="sql"/> is the line,
    /// optionally followed by text for the error; no error means that it was reported already, by another tenant's copy of the row.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<int> Reject(string sql, string table, ImportRun run, Func<long, string, RowError?> error, CancellationToken cancellation, params object[] parameters)
    {
        var lines = new List<long>();
        await using (var command = Command(sql, parameters))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                var line = reader.GetInt64(0);
                lines.Add(line);
                if (error(line, reader.FieldCount > 1 && !reader.IsDBNull(1) ? reader.GetValue(1).ToString()! : "") is { } found) run.Reject(found);
            }
        return lines.Count == 0 ? 0 : await Run($"DELETE FROM {table} WHERE line = ANY ($1)", cancellation, lines.ToArray());
    }
}

/// <summary>Binary COPY of fields that may be unknown.</summary>
public static class OptionalField
{
    public static Task WriteOrNull<T>(this NpgsqlBinaryImporter writer, T? value, NpgsqlTypes.NpgsqlDbType type, CancellationToken cancellation) where T : struct =>
        value is { } known ? writer.WriteAsync(known, type, cancellation) : writer.WriteNullAsync(cancellation);
}
