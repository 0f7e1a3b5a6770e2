using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.YearEndClose;

/// <summary>A line of a year's statement: revenue by source, expenditure or transfer by what it is for, of one fund.</summary>
internal sealed record AccountsLine(string Fund, string Purpose, long AmountFen);

/// <summary>A pool's year (决算): what it held, what it received, paid and passed on, what it holds. Money in fen; of transfers what is given positive.</summary>
/// <param name="Carried">What the year's carry-over left is nothing.</param>
internal sealed record PoolAccounts(string Pool, long OpeningFen, IReadOnlyList<AccountsLine> Revenue, IReadOnlyList<AccountsLine> Expenditure, IReadOnlyList<AccountsLine> Transfers, long BudgetRevenueFen, long BudgetExpenditureFen, bool Carried)
{
    public long RevenueFen => Revenue.Sum(l => l.AmountFen);
    public long ExpenditureFen => Expenditure.Sum(l => l.AmountFen);
    public long TransferFen => Transfers.Sum(l => l.AmountFen);
    public long ClosingFen => OpeningFen + RevenueFen - ExpenditureFen - TransferFen;
}

/// <summary>The statement of income, expenditure and balance of a year, by pool. Pure.</summary>
internal static class FinalAccounts
{
    public static List<PoolAccounts> Of(IReadOnlyCollection<FundFlowSum> flows, int year, IReadOnlyCollection<FundApplication> budgets) =>
        [.. flows.Where(f => f.Fund.Length > 0 && FundSides.IsHeld(f.Purpose)).GroupBy(f => f.Pool, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Of(g.Key, [.. g], year, budgets))];

    private static PoolAccounts Of(string pool, List<FundFlowSum> flows, int year, IReadOnlyCollection<FundApplication> budgets)
    {
        var own = flows.Where(f => !f.Carried).ToList();
        var of = own.Where(f => f.Year == year).ToList();
        // What was put by without a year's result (an opening balance) was there before.
        var opening = -own.Where(f => f.Year < year || f.Year == year && f.Purpose == LedgerPurposes.AccumulatedSurplus).Sum(f => f.NetFen);
        return new PoolAccounts(pool, opening, Lines(of, f => f.RevenueFen), Lines(of, f => f.ExpenditureFen), Lines(of.Where(f => FundSides.IsTransfer(f.Purpose)), f => f.NetFen), budgets.Sum(b => FundFlows.Budgeted(b, pool, FundApplication.Revenue)),
            budgets.Sum(b => FundFlows.Budgeted(b, pool, FundApplication.Expenditure)), FundFlows.IsCarried(flows, year));
    }

    private static List<AccountsLine> Lines(IEnumerable<FundFlowSum> flows, Func<FundFlowSum, long> amount) =>
        [.. flows.GroupBy(f => (f.Fund, f.Purpose)).Select(g => new AccountsLine(g.Key.Fund, g.Key.Purpose, g.Sum(amount))).Where(l => l.AmountFen != 0).OrderBy(l => l.Fund, StringComparer.Ordinal).ThenBy(l => l.Purpose, StringComparer.Ordinal)];
}
