using System.Text.Json;
using MedInsure.FraudAudit.Cases;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.FieldWork;

/// <summary>One act in the field, in one transaction that ends with the act's own row. The same request again finds its row and changes nothing.</summary>
internal sealed class FieldAct : IAsyncDisposable
{
    // Any number no other advisory lock of this database uses.
    private const long Seed = 5_730_019_264_118_440_371;

    private readonly AuditRequest request;
    private readonly CaseOrder order;
    private readonly (string Subject, string Name, DateTimeOffset Now, byte[] Hash) act;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private FieldAct(AuditRequest request, CaseOrder order, (string, string, DateTimeOffset, byte[]) act, NpgsqlConnection connection, NpgsqlTransaction transaction, long? before) =>
        (this.request, this.order, this.act, this.connection, this.transaction, Before) = (request, order, act, connection, transaction, before);

    /// <summary>What the same request did before: the number of its subject; null: it is a new one.</summary>
    public long? Before { get; }
    public string By => order.By!.Trim();
    public DateTimeOffset Now => act.Now;
    public NpgsqlConnection Connection => connection;
    public CancellationToken Cancellation => request.Cancellation;

    /// <summary>In order: key, who, why; the same request before.</summary>
    /// <param name="subject">What it is about: field_act.subject.</param>
    /// <param name="number">Of the subject; 0: the act makes it.</param>
    /// <param name="hash">Of the order, where it is not to be told from the plain one.</param>
    public static async Task<Outcome<FieldAct>> Begin(AuditRequest request, CaseOrder order, string subject, long number, string name, DateTimeOffset now, byte[]? hash = null)
    {
        if (order.Unfit is { } unfit) return unfit;
        hash ??= order.Hash($"{subject} {name}", number);
        var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        try
        {
            var transaction = await connection.BeginTransactionAsync(request.Cancellation);
            await using (var alone = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, $2))", connection, transaction) { Parameters = { new() { Value = order.RequestKey! }, new() { Value = Seed } } })
                await alone.ExecuteNonQueryAsync(request.Cancellation);
            (long Number, byte[] Hash)? before = null;
            await using (var find = new NpgsqlCommand("SELECT number, content_hash FROM field_act WHERE request_key = $1", connection, transaction) { Parameters = { new() { Value = order.RequestKey! } } })
            await using (var reader = await find.ExecuteReaderAsync(request.Cancellation))
                if (await reader.ReadAsync(request.Cancellation)) before = (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
            if (before is null || before.Value.Hash.AsSpan().SequenceEqual(hash)) return new FieldAct(request, order, (subject, name, now, hash), connection, transaction, before?.Number);
            await connection.DisposeAsync();
            return Refusals.RequestKeyReused;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<int> Run(string sql, params object?[] values)
    {
        await using var command = FieldRows.Command(connection, transaction, sql, values);
        return await command.ExecuteNonQueryAsync(Cancellation);
    }

    public async Task<T?> One<T>(string sql, params object?[] values)
    {
        await using var command = FieldRows.Command(connection, transaction, sql, values);
        return await command.ExecuteScalarAsync(Cancellation) is T value ? value : default;
    }

    public Task<List<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values) => FieldRows.Read(connection, transaction, sql, read, Cancellation, values);

    /// <summary>Records who did it, and ends the transaction.</summary>
    /// <param name="detail">What of the order is neither the reason nor personal.</param>
    public async Task Done(long number, object? detail = null)
    {
        await Run("INSERT INTO field_act (subject, number, act, acted_by, acted_at, reason, detail, request_key, content_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            act.Subject, number, act.Name, By, act.Now.UtcDateTime, order.Reason!.Trim(), JsonSerializer.Serialize(detail ?? new { }, AuditJson.Options), order.RequestKey, act.Hash);
        await transaction.CommitAsync(Cancellation);
    }

    /// <summary>Who did what to it, the first act first.</summary>
    public static async Task<IEnumerable<object>> History(NpgsqlConnection connection, string subject, long number, CancellationToken cancellation) =>
        await FieldRows.Read(connection, null, "SELECT act, acted_by, acted_at, reason, detail FROM field_act WHERE subject = $1 AND number = $2 ORDER BY act_no",
            r => (object)new { Act = r.GetString(0), By = r.GetString(1), At = AuditJson.Time(r.GetDateTime(2)), Reason = r.GetString(3), Detail = JsonElement.Parse(r.GetString(4)) }, cancellation, subject, number);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>Rows of a statement.</summary>
internal static class FieldRows
{
    public static NpgsqlCommand Command(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    public static async Task<List<T>> Read<T>(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object?[] values)
    {
        await using var command = Command(connection, transaction, sql, values);
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>A page of a list.</summary>
    /// <param name="sql">Its last two parameters are OFFSET and LIMIT.</param>
    public static async Task<Outcome<List<T>>> Page<T>(AuditRequest request, int? page, int? pageSize, string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        return await Read(connection, null, sql, read, request.Cancellation, [.. values, (long)(number - 1) * size, size]);
    }
}
