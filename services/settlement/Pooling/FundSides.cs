using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>
/// Which accounts are a fund's revenue, which its expenditure, and what it holds: what was put by, plus revenue less expenditure since, whatever form it is in. Personal accounts (310200) are a fund of their own: what is
/// credited to them is its revenue, what they pay its expenditure. Pure.
/// </summary>
internal static class FundSides
{
    /// <summary>Beside revenue_*.</summary>
    private static readonly string[] Expenses = [SettlementEntries.BenefitExpense, LedgerPurposes.InsurerPremium, LedgerPurposes.PaymentMethodResult, LedgerPurposes.DeductionIncome];

    /// <summary>Between levels or between parts of a pool: neither revenue nor expenditure, but of the result.</summary>
    private static readonly string[] Transfers = [LedgerPurposes.RiskFund, LedgerPurposes.FundSplit];

    public static bool IsRevenue(string purpose) => purpose.StartsWith("revenue_", StringComparison.Ordinal) && purpose != LedgerPurposes.RevenueAccount;

    public static bool IsExpense(string purpose) => Expenses.Contains(purpose);

    public static bool IsTransfer(string purpose) => Transfers.Contains(purpose);

    /// <summary>Emptied into what is put by at the year's end. At a county; the city's risk fund is not its own result.</summary>
    public static bool IsResult(string purpose) => IsRevenue(purpose) || IsExpense(purpose) || IsTransfer(purpose);

    public static bool IsPersonalAccount(string purpose) => purpose == SettlementEntries.PersonalAccount;

    /// <summary>What a fund holds, whatever form it is in, is the sum of these.</summary>
    public static bool IsHeld(string purpose) => purpose == LedgerPurposes.AccumulatedSurplus || IsResult(purpose) || IsPersonalAccount(purpose);

    /// <summary>The pool that a fund is part of, by its first three digits: 390 of 390100, 390200 and 390100.inpatient; personal accounts, the person's own and relatives', are kept apart (Co, seed-facts.md section 4,
    /// 000_55dbde39a5535a1d.txt).</summary>
    public static string PoolOf(string fund) =>
        fund.StartsWith(SettlementEntries.AccountFund, StringComparison.Ordinal) || fund == FamilyAccounts.Fund ? SettlementEntries.AccountFund : fund.Length >= 3 ? fund[..3] : fund;

    /// <summary>By pool, what it held before a year's revenue and expenditure, in fen.</summary>
    public static Dictionary<string, long> HeldBefore(int year, IEnumerable<FundFlowSum> flows) =>
        flows.Where(f => f.Year < year && IsHeld(f.Purpose)).GroupBy(f => f.Pool, StringComparer.Ordinal).ToDictionary(g => g.Key, g => -g.Sum(f => f.NetFen));

    /// <summary>A pool may plan to spend what it held before the year and what the year brings.</summary>
    public static bool AboveFund(IReadOnlyList<ApplicationLine> budget, IReadOnlyDictionary<string, long> held) =>
        budget.GroupBy(l => PoolOf(l.Fund), StringComparer.Ordinal).Any(pool => pool.Sum(l => l.Line == FundApplication.Expenditure ? l.AmountFen : -l.AmountFen) > Math.Max(0, held.GetValueOrDefault(pool.Key)));
}
