using System.Text.Json.Serialization;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Refunds;

/// <summary>A refund as it stands.</summary>
internal sealed record RefundRow(
    long RefundNo, string RequestKey, long PaymentNo, long? SuspenseNo, string PsnNo, string Insutype, int Year, [property: JsonIgnore] long AmountFen, string Cause, string Reason, string Payee, string ProposedBy, string ProposedAt, string State, string DecidedBy,
    string? DecidedAt, string Remark, string PaidBy, string? PaidOn, string Reference)
{
    internal sealed record Page(List<RefundRow> Refunds, long? NextAfter);

    public string Amount => BillingJson.Yuan(AmountFen);

    public static async Task<Outcome<Page>> List(NpgsqlDataSource database, string? state, long? after, int? pageSize, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        if (state is not (null or "" or "proposed" or "approved" or "rejected" or "paid" or "all")) return RefundRefusals.StateUnknown;
        var size = pageSize ?? 100;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await Read(connection, null, "refund_no > $1 AND ($2 = 'all' OR state = $2) ORDER BY refund_no LIMIT $3", [after ?? 0, string.IsNullOrEmpty(state) ? "all" : state, size], cancellation);
        return new Page(rows, rows.Count == size ? rows[^1].RefundNo : null);
    }

    public static async Task<RefundRow?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object value, CancellationToken cancellation) =>
        (await Read(connection, transaction, where, [value], cancellation)).SingleOrDefault();

    private static async Task<List<RefundRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT refund_no, request_key, payment_no, suspense_no, psn_no, insutype, year, amount_fen, cause, reason, payee, proposed_by, proposed_at, state, decided_by, decided_at, remark, paid_by, paid_on, reference
            FROM refund WHERE {where}
            """, connection, transaction);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<RefundRow>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new RefundRow(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.GetString(4), reader.GetString(5), reader.GetInt32(6),
                reader.GetInt64(7), reader.GetString(8), reader.GetString(9), reader.GetString(10), reader.GetString(11), BillingJson.Time(reader.GetDateTime(12)), reader.GetString(13), reader.GetString(14),
                reader.IsDBNull(15) ? null : BillingJson.Time(reader.GetDateTime(15)), reader.GetString(16), reader.GetString(17), reader.IsDBNull(18) ? null : BillingJson.Day(reader.GetFieldValue<DateOnly>(18)), reader.GetString(19)));
        return rows;
    }
}
