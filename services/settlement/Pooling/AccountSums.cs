using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>Balances of some accounts, from vouchers alone: settlements that no voucher sums up yet touch none of them.</summary>
internal static class AccountSums
{
    public static async Task<Dictionary<LedgerAccount, long>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string[] purposes, CancellationToken cancellation, DateOnly? to = null)
    {
        await using var command = new NpgsqlCommand("""
            SELECT a.purpose, a.fund, a.county, a.counterparty, sum(e.amount_fen)::bigint FROM ledger_account a JOIN voucher_entry e USING (account_id)
            WHERE a.purpose = ANY ($1) AND ($2::date IS NULL OR (SELECT booked_on FROM voucher v WHERE v.voucher_no = e.voucher_no) <= $2) GROUP BY a.account_id HAVING sum(e.amount_fen) <> 0
            """, connection, transaction)
        {
            CommandTimeout = 0,
            Parameters = { new NpgsqlParameter<string[]> { TypedValue = purposes }, new NpgsqlParameter { Value = (object?)to ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sums = new Dictionary<LedgerAccount, long>();
        while (await reader.ReadAsync(cancellation)) sums[new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3))] = reader.GetInt64(4);
        return sums;
    }
}
