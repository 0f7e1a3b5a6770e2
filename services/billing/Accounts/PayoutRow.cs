using System.Text.Json.Serialization;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Accounts;

/// <summary>A pay-out as it stands.</summary>
/// <param name="Asked">Null: all that was there.</param>
/// <param name="Amount">What settlement took from the account; null: nothing yet.</param>
internal sealed record PayoutRow(
    long PayoutNo, string PsnNo, string Cause, long? TransferNo, string? Asked, string? Amount, string WithdrawalNo, string Reason, string ProposedBy, string ProposedAt, string State, string DecidedBy, string? DecidedAt, string Remark,
    [property: JsonIgnore] byte[] Content, [property: JsonIgnore] long AskedFen)
{
    internal sealed record Payee(int LineNo, string Name, string Relation, string HeirNo, string BankAccount, int ShareBp, string? Amount, string? PaidOn, string Reference, string PaidBy);

    internal sealed record Page(List<PayoutRow> Payouts, long? NextAfter);

    public List<Payee> Payees { get; } = [];

    public static async Task<Outcome<Page>> List(NpgsqlDataSource database, string? state, string? psnNo, long? after, int? pageSize, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        if (state is not (null or "" or "proposed" or "approved" or "rejected" or "withdrawn" or "all")) return AccountRefusals.StateUnknown;
        var size = pageSize ?? 100;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await Read(connection, null, "payout_no > $1 AND ($2 = 'all' OR state = $2) AND ($3 = '' OR psn_no = $3) ORDER BY payout_no LIMIT $4", [after ?? 0, string.IsNullOrEmpty(state) ? "all" : state, psnNo ?? "", size], cancellation);
        return new Page(rows, rows.Count == size ? rows[^1].PayoutNo : null);
    }

    /// <param name="where">A condition on $1 that fits one row at most.</param>
    public static async Task<PayoutRow?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object value, CancellationToken cancellation) =>
        (await Read(connection, transaction, where, [value], cancellation)).SingleOrDefault();

    private static async Task<List<PayoutRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object[] values, CancellationToken cancellation)
    {
        var rows = new List<PayoutRow>();
        await using (var command = new NpgsqlCommand($"""
            SELECT payout_no, psn_no, cause, transfer_no, asked_fen, amount_fen, withdrawal_no, reason, proposed_by, proposed_at, state, decided_by, decided_at, remark, content FROM account_payout WHERE {where}
            """, connection, transaction))
        {
            foreach (var value in values) command.Parameters.Add(new() { Value = value });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                rows.Add(new PayoutRow(
                    reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.GetInt64(4) == 0 ? null : BillingJson.Yuan(reader.GetInt64(4)),
                    reader.IsDBNull(5) ? null : BillingJson.Yuan(reader.GetInt64(5)), reader.GetString(6), reader.GetString(7), reader.GetString(8), BillingJson.Time(reader.GetDateTime(9)), reader.GetString(10), reader.GetString(11),
                    reader.IsDBNull(12) ? null : BillingJson.Time(reader.GetDateTime(12)), reader.GetString(13), reader.GetFieldValue<byte[]>(14), reader.GetInt64(4)));
        }
        var byNumber = rows.ToDictionary(r => r.PayoutNo);
        await using (var command = new NpgsqlCommand("SELECT payout_no, line_no, name, relation, heir_no, bank_account, share_bp, amount_fen, paid_on, reference, paid_by FROM account_payee WHERE payout_no = ANY ($1) ORDER BY payout_no, line_no", connection, transaction)
        {
            Parameters = { new() { Value = byNumber.Keys.ToArray() } },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                byNumber[reader.GetInt64(0)].Payees.Add(new Payee(
                    reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetInt32(6), reader.IsDBNull(7) ? null : BillingJson.Yuan(reader.GetInt64(7)),
                    reader.IsDBNull(8) ? null : BillingJson.Day(reader.GetFieldValue<DateOnly>(8)), reader.GetString(9), reader.GetString(10)));
        return rows;
    }
}
