using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>
/// Which accounts are a fund's revenue, which its expenditure, and what it holds: what was put by, plus revenue less expenditure since, whatever form it is in. Personal accounts (310200) are a fund of their own: what is
/// credited to them is its revenue, what they pay its expenditure. Pure, but for the reading.
/// </summary>
internal static class FundSides
{
    /// <summary>Beside revenue_*.</summary>
    private static readonly string[] Expenses = [SettlementEntries.BenefitExpense, LedgerPurposes.InsurerPremium, LedgerPurposes.PaymentMethodResult, LedgerPurposes.DeductionIncome];

    /// <summary>Between levels or between parts of a pool: neither revenue nor expenditure, but of the result.</summary>
    private static readonly string[] Transfers = [LedgerPurposes.RiskFund, LedgerPurposes.FundSplit];

    public static bool IsRevenue(string purpose, string fund) => purpose.StartsWith("revenue_", StringComparison.Ordinal) && purpose != LedgerPurposes.RevenueAccount;

    public static bool IsExpense(string purpose, string fund) => Expenses.Contains(purpose);

    public static bool IsTransfer(string purpose) => Transfers.Contains(purpose);

    /// <summary>Emptied into what is put by at the year's end. At a county; the city's risk fund is not its own result.</summary>
    public static bool IsResult(string purpose, string fund) => IsRevenue(purpose, fund) || IsExpense(purpose, fund) || IsTransfer(purpose);

    public static bool IsPersonalAccount(string purpose) => purpose == SettlementEntries.PersonalAccount;

    /// <summary>The pool that a fund is part of, by its first three digits: 390 of 390100, 390200 and 390100.inpatient; personal accounts are kept apart (Co, seed-facts.md section 4, 000_55dbde39a5535a1d.txt).</summary>
    public static string PoolOf(string fund) => fund.StartsWith(SettlementEntries.AccountFund, StringComparison.Ordinal) ? SettlementEntries.AccountFund : fund.Length >= 3 ? fund[..3] : fund;

    /// <summary>By pool, what it holds, in fen.</summary>
    public static Dictionary<string, long> HeldBy(IEnumerable<(string Purpose, string Fund, long Fen)> balances) =>
        balances.Where(b => b.Purpose == LedgerPurposes.AccumulatedSurplus || IsResult(b.Purpose, b.Fund) || IsPersonalAccount(b.Purpose)).GroupBy(b => PoolOf(b.Fund), StringComparer.Ordinal).ToDictionary(g => g.Key, g => -g.Sum(b => b.Fen));

    /// <summary>A pool may plan to spend what it holds and what it will receive.</summary>
    public static bool AboveFund(IReadOnlyList<ApplicationLine> budget, IReadOnlyDictionary<string, long> held) =>
        budget.GroupBy(l => PoolOf(l.Fund), StringComparer.Ordinal).Any(pool => pool.Sum(l => l.Line == FundApplication.Expenditure ? l.AmountFen : -l.AmountFen) > Math.Max(0, held.GetValueOrDefault(pool.Key)));

    /// <summary>Of every account of this ledger, with the settlements that no voucher sums up yet.</summary>
    public static async Task<List<(string Purpose, string Fund, long Fen)>> ReadBalances(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT a.purpose, a.fund, sum(e.amount_fen)::bigint
            FROM (SELECT account_id, amount_fen FROM voucher_entry UNION ALL SELECT account_id, amount_fen FROM ledger_entry WHERE setl_no > (SELECT settlement_no FROM ledger_head)) e JOIN ledger_account a USING (account_id) GROUP BY 1, 2
            """, connection, transaction) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var balances = new List<(string, string, long)>();
        while (await reader.ReadAsync(cancellation)) balances.Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        return balances;
    }
}
