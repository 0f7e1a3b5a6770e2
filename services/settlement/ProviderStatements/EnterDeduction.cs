using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>
/// A violation or other reason to pay less, with evidence and the settlements concerned: on a statement that is not through its first review, or waiting for the provider's next one. More than what is
/// left of the claim is refused. The same request again is the same deduction.
/// </summary>
internal static class EnterDeduction
{
    private const int SettlementsMax = 1_000, EvidenceMax = 200;
    private static readonly string[] Kinds = ["review", "inspection", "other"];

    /// <param name="StatementNo">Null: it waits for the next statement of <paramref name="FixmedinsCode"/>.</param>
    /// <param name="Kind">review, inspection, other.</param>
    /// <param name="Amount">Yuan.</param>
    /// <param name="SetlIds">May be empty.</param>
    internal sealed record Order(string? RequestNo, string? StatementNo, string? FixmedinsCode, string? Kind, decimal? Amount, string? Reason, string? Evidence, IReadOnlyList<string>? SetlIds, string? EnteredBy);

    /// <param name="StatementNo">Null: it waits.</param>
    /// <param name="Kind">review, inspection, other; restitution: given back to the provider after an appeal.</param>
    /// <param name="NoticeNo">Of fraud-audit, which alone changes it.</param>
    internal sealed record Row(long Number, string RequestNo, string FixmedinsCode, string? StatementNo, string Kind, decimal Amount, string Reason, string Evidence, IReadOnlyList<string> SetlIds, string EnteredBy, string? EnteredAt, string? WithdrawnBy, string? NoticeNo = null);

    /// <summary>In order: who, the request number, kind, amount, reason, evidence, settlements, the statement or provider; the same request before; the statement's state, its settlements, what is left.</summary>
    public static async Task<Outcome<Row>> Execute(RunPlace place, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.EnteredBy, "entered_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (!Kinds.Contains(order.Kind)) return StatementRefusals.DeductionKindUnknown;
        if (order.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount <= Fen.Zero) return StatementRefusals.DeductionAmountInvalid;
        if (!CountyDesk.IsReason(order.Reason)) return StatementRefusals.ReasonInvalid;
        if (string.IsNullOrWhiteSpace(order.Evidence) || order.Evidence.Length > EvidenceMax || order.Evidence.Any(char.IsControl)) return StatementRefusals.EvidenceInvalid;
        string[] settlements = [.. order.SetlIds ?? []];
        if (settlements.Length > SettlementsMax || settlements.Any(s => string.IsNullOrEmpty(s) || s.Length > 30) || settlements.Distinct().Count() != settlements.Length) return StatementRefusals.DeductedSettlementsInvalid;
        if (order.StatementNo is null) return string.IsNullOrEmpty(order.FixmedinsCode) ? Refusals.ProviderUnknown : await Wait(place, order, amount, settlements, now, cancellation);

        var begun = await StatementAct.Begin(place, order.StatementNo, cancellation);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (await Before(act.Connection, act.Transaction, place.Tenant.Code, order, act.Row.FixmedinsCode, amount, cancellation) is { } before) return before;
        if (act.Row.State is not ("accepted" or "in_review")) return StatementRefusals.NotInState;
        if (await Stray(act.Connection, act.Transaction, "SELECT s.setl_id FROM statement_claim s JOIN statement_application a ON a.number = s.application WHERE a.statement_no = $2 AND s.setl_id = ANY($1)", settlements, act.Row.Number,
            cancellation) is { } stray) return StatementRefusals.NotOnStatement(stray);
        var number = await Insert(act.Connection, act.Transaction, order, act.Row.FixmedinsCode, act.Row.Number, amount, settlements, now, cancellation);
        var result = await ComputeStatement.Run(act.Connection, act.Transaction, act.County, act.Row, cancellation);
        if (result.TooMuch is not null) return StatementRefusals.DeductionTooLarge(result.Left); // nothing of the transaction stays
        await ComputeStatement.Keep(act.Connection, act.Transaction, act.Row.Number, result.Lines, cancellation);
        var made = (await Read(act.Connection, act.Transaction, place.Tenant.Code, new RowFilter().Add("number = ", number), cancellation))[0];
        await act.Done(act.Row, "deduction_entered", order.EnteredBy!, now, string.Create(CultureInfo.InvariantCulture, $"{number}：{amount} {order.Reason}"), cancellation);
        return made;
    }

    private static async Task<Outcome<Row>> Wait(RunPlace place, Order order, Fen amount, string[] settlements, DateTimeOffset now, CancellationToken cancellation)
    {
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, order.FixmedinsCode!, cancellation);
        if (await Before(connection, transaction, place.Tenant.Code, order, order.FixmedinsCode!, amount, cancellation) is { } before) return before;
        if (await Stray(connection, transaction, "SELECT setl_id FROM provider_claim WHERE fixmedins_code = $2 AND setl_id = ANY($1)", settlements, order.FixmedinsCode!, cancellation) is { } stray) return StatementRefusals.NotOnStatement(stray);
        var number = await Insert(connection, transaction, order, order.FixmedinsCode!, null, amount, settlements, now, cancellation);
        var made = (await Read(connection, transaction, place.Tenant.Code, new RowFilter().Add("number = ", number), cancellation))[0];
        await ProviderActs.Write(connection, transaction, [new(order.FixmedinsCode!, "deduction_entered", order.EnteredBy!.Trim(), now, string.Create(CultureInfo.InvariantCulture, $"{number}：{amount} {order.Reason}"))], cancellation);
        await transaction.CommitAsync(cancellation);
        return made;
    }

    private static async Task<Outcome<Row>?> Before(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, Order order, string provider, Fen amount, CancellationToken cancellation) =>
        (await Read(connection, transaction, county, new RowFilter().Add("request_no = ", order.RequestNo!), cancellation)).SingleOrDefault() is not { } before ? null
            : (before.FixmedinsCode, before.Kind, before.Amount, before.Reason, before.Evidence) == (provider, order.Kind, amount.ToYuan(), order.Reason, order.Evidence) && before.SetlIds.SequenceEqual(order.SetlIds ?? []) ? before : Refusals.RequestNumberReused;

    /// <summary>The first of the settlements that the query does not find.</summary>
    public static async Task<string?> Stray(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, string[] settlements, object of, CancellationToken cancellation)
    {
        if (settlements.Length == 0) return null;
        var found = new HashSet<string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(sql, connection, transaction) { Parameters = { new() { Value = settlements }, new() { Value = of } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) found.Add(reader.GetString(0));
        return settlements.FirstOrDefault(s => !found.Contains(s));
    }

    private static async Task<long> Insert(NpgsqlConnection connection, NpgsqlTransaction transaction, Order order, string provider, long? statement, Fen amount, string[] settlements, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand("""
            INSERT INTO statement_deduction (request_no, fixmedins_code, statement, kind, amount_fen, reason, evidence, setl_id, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING number
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = order.RequestNo }, new() { Value = provider }, new() { Value = statement is { } s ? s : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint }, new() { Value = order.Kind },
                new() { Value = amount.Value }, new() { Value = order.Reason }, new() { Value = order.Evidence }, new() { Value = settlements }, new() { Value = order.EnteredBy!.Trim() }, new() { Value = now.UtcDateTime },
            },
        };
        return (long)(await insert.ExecuteScalarAsync(cancellation))!;
    }

    public static async Task<List<Row>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, RowFilter filter, CancellationToken cancellation, string tail = "ORDER BY number")
    {
        var rows = new List<Row>();
        await using var command = filter.Command(connection, transaction, "SELECT number, request_no, fixmedins_code, statement, kind, amount_fen, reason, evidence, setl_id, entered_by, entered_at, withdrawn_by, notice_no FROM statement_deduction" + filter.Where + " " + tail);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : CountyNumber.Of(county, CountyNumber.Statement, reader.GetInt64(3)), reader.GetString(4), Yuan.Of(reader.GetInt64(5)),
                reader.GetString(6), reader.GetString(7), reader.GetFieldValue<string[]>(8), reader.GetString(9), CountyDesk.Time(reader.GetFieldValue<DateTimeOffset>(10)), reader.GetString(11) is { Length: > 0 } by ? by : null,
                reader.GetString(12) is { Length: > 0 } notice ? notice : null));
        return rows;
    }
}
