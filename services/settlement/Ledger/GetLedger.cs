using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>The ledger as it stands: its head, what would stop the day's closing, and every account's balance, with the settlements that no voucher sums up yet.</summary>
internal sealed record LedgerNow(long Vouchers, string HeadHash, DateOnly? ClosedOn, long SettlementsSummedUp, long? MissingIncomeNo, IReadOnlyList<LedgerEntry> Balances);

internal static class GetLedger
{
    public static async Task<Outcome<LedgerNow>> Query(LedgerPlace place, CancellationToken cancellation)
    {
        if (await place.TablesCurrent(cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        // One moment: a closing in between would show settlements twice.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var head = await LedgerHead.Find(connection, cancellation) ?? new LedgerHead(0, [], 0, null);
        var (_, missing) = await CloseDay.Incomes(connection, null, cancellation);
        var balances = new List<LedgerEntry>();
        await using (var command = new NpgsqlCommand("""
            SELECT a.purpose, a.fund, a.county, a.counterparty, sum(e.amount_fen)::bigint
            FROM (SELECT account_id, amount_fen FROM voucher_entry UNION ALL SELECT account_id, amount_fen FROM ledger_entry WHERE setl_no > $1) e JOIN ledger_account a USING (account_id)
            GROUP BY a.account_id HAVING sum(e.amount_fen) <> 0
            """, connection) { CommandTimeout = 0, Parameters = { new NpgsqlParameter<long> { TypedValue = head.SettlementNo } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) balances.Add(new LedgerEntry(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)), reader.GetInt64(4)));
        return new LedgerNow(head.VoucherNo, head.HashText, head.ClosedOn, head.SettlementNo, missing, [.. balances.OrderBy(b => b.Account, LedgerText.AccountOrder)]);
    }
}
