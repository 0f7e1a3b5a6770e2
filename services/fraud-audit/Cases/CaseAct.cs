using System.Text.Json;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>One act on a case: the case locked, all in one transaction that ends with the act's own row. The same request again finds its row and changes nothing.</summary>
internal sealed class CaseAct : IAsyncDisposable
{
    private readonly AuditRequest request;
    private readonly CaseOrder order;
    private readonly string name;
    private readonly DateTimeOffset now;

    private CaseAct(AuditRequest request, CaseOrder order, string name, DateTimeOffset now, NpgsqlConnection connection, NpgsqlTransaction transaction, CaseRow row, bool isReplay) =>
        (this.request, this.order, this.name, this.now, Connection, Transaction, Row, IsReplay) = (request, order, name, now, connection, transaction, row, isReplay);

    public NpgsqlConnection Connection { get; }
    public NpgsqlTransaction Transaction { get; }
    public CaseRow Row { get; private set; }
    /// <summary>It was done before: answer with the row.</summary>
    public bool IsReplay { get; }
    public string County => request.County.Code;
    public CancellationToken Cancellation => request.Cancellation;
    public object Shown => Row.Shown(County);

    /// <summary>In order: key, who, why; the case; the same request before; the state.</summary>
    /// <param name="states">In which it may be done; none: in any.</param>
    public static async Task<Outcome<CaseAct>> Begin(AuditRequest request, string caseNo, CaseOrder order, string name, DateTimeOffset now, params string[] states)
    {
        if (order.Unfit is { } unfit) return unfit;
        if (CaseRow.Parse(request.County.Code, caseNo) is not { } number) return CaseRefusals.Unknown;
        var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        try
        {
            var transaction = await connection.BeginTransactionAsync(request.Cancellation);
            var (row, refusal, replay) = await Enter(connection, transaction, number, order, name, states, request.Cancellation);
            if (refusal is null) return new CaseAct(request, order, name, now, connection, transaction, row!, replay);
            await connection.DisposeAsync();
            return refusal;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<(CaseRow? Row, Refusal? Refusal, bool Replay)> Enter(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, CaseOrder order, string name, string[] states, CancellationToken cancellation)
    {
        if (await CaseRow.Find(connection, transaction, number, cancellation, "FOR UPDATE") is not { } row) return (null, CaseRefusals.Unknown, false);
        if (await Before(connection, transaction, order.RequestKey!, cancellation) is { } before)
            return before.AsSpan().SequenceEqual(order.Hash(name, number)) ? (row, null, true) : (null, Refusals.RequestKeyReused, false);
        return states.Length == 0 || states.Contains(row.State) ? (row, null, false) : (null, CaseRefusals.NotInState(row.State), false);
    }

    /// <summary>What the request said; null: it is a new one.</summary>
    public static async Task<byte[]?> Before(NpgsqlConnection connection, NpgsqlTransaction transaction, string requestKey, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT content_hash FROM case_act WHERE request_key = $1", connection, transaction) { Parameters = { new() { Value = requestKey } } };
        return (byte[]?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>A statement of the act's own.</summary>
    public async Task<int> Run(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(Cancellation);
    }

    public async Task<T?> One<T>(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync(Cancellation) is T value ? value : default;
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, Connection, Transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <param name="set">Columns from $3 on; $1 the number, $2 now.</param>
    public Task<int> Change(string set, params object?[] values) => Run($"UPDATE audit_case SET changed_at = $2, {set} WHERE case_no = $1", [Row.Number, now.UtcDateTime, .. values]);

    /// <summary>Records who did it and ends the transaction.</summary>
    /// <param name="detail">What of the order is not the reason; shown in the timeline.</param>
    public async Task<object> Done(object? detail = null)
    {
        await Write(Connection, Transaction, Row.Number, name, order.By!.Trim(), now, order.Reason!.Trim(), detail, order.RequestKey, order.Hash(name, Row.Number), Cancellation);
        Row = (await CaseRow.Find(Connection, Transaction, Row.Number, Cancellation))!;
        await Transaction.CommitAsync(Cancellation);
        return Shown;
    }

    /// <summary>The act's row and its place in the log of changes, whose end is held from here to the transaction's end.</summary>
    /// <param name="requestKey">Null: a worker's act.</param>
    public static async Task Write(NpgsqlConnection connection, NpgsqlTransaction transaction, long caseNo, string name, string by, DateTimeOffset now, string reason, object? detail, string? requestKey, byte[]? hash, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            WITH act AS (INSERT INTO case_act (case_no, act, acted_by, acted_at, reason, detail, request_key, content_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)),
                head AS (UPDATE case_log_head SET change_no = change_no + 1 RETURNING change_no)
            INSERT INTO case_log (change_no, case_no, changed_at) SELECT change_no, $1, $4 FROM head
            """, connection, transaction);
        foreach (var value in (object?[])[caseNo, name, by, now.UtcDateTime, reason, JsonSerializer.Serialize(detail ?? new { }, AuditJson.Options), requestKey, hash]) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        // NULL of a bytea must say so.
        command.Parameters[^1].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea;
        command.Parameters[^2].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
