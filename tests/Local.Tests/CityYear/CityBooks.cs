using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Local.Tests.CityYear;

/// <summary>A bill, or what takes one back (signs turned), as the provider has it in its own books. Money in fen; funds as the answer to the bill named them.</summary>
internal sealed record BookedBill(string Home, string County, string Provider, string Kind, DateOnly Day, int Times, long TotalFen, long FundFen, long AccountFen, long CashFen, IReadOnlyDictionary<string, long> Funds)
{
    public int Month => Day.Year * 100 + Day.Month;

    public static BookedBill Of(SettlementReply reply, string home, string county, string kind, DateOnly day, long totalFen) => new(home, county, reply.FixmedinsCode, kind, day, 1, totalFen, reply.FundTotalFen, reply.AccountFen, reply.CashFen,
        reply.Share.Where(s => s.AmountFen != 0 && s.FundPayType != "999996").GroupBy(s => s.FundPayType).ToDictionary(g => g.Key, g => g.Sum(s => s.AmountFen)));

    public BookedBill Reversed(DateOnly day) => this with
    {
        Day = day, Times = -1, TotalFen = -TotalFen, FundFen = -FundFen, AccountFen = -AccountFen, CashFen = -CashFen, Funds = Funds.ToDictionary(f => f.Key, f => -f.Value),
    };
}

/// <summary>All bills of the year as they were made, and what follows from them by the sources' rules: counted here, never read back.</summary>
internal sealed class CityBooks
{
    public const string AccountFund = "310200";

    /// <summary>Of hospitals, of every month's benefit (1 to 3 %: Yh, 003_896aa420924c8ba6.txt), and the year's score by which it is given back.</summary>
    public const int DepositBp = 200, Score = 93;

    private readonly List<BookedBill> bills = [];

    public void Add(BookedBill bill)
    {
        lock (bills) bills.Add(bill);
    }

    public IReadOnlyList<BookedBill> Bills => bills;

    /// <summary>Deducted from a provider's claims by people, in fen.</summary>
    public Dictionary<string, long> Deducted { get; } = [];

    public IEnumerable<BookedBill> Of(string provider, int first, int last) => bills.Where(b => b.Provider == provider && b.Month >= first && b.Month <= last);

    public static SortedDictionary<string, long> Funds(IEnumerable<BookedBill> of)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (fund, fen) in of.SelectMany(b => b.Funds)) sums[fund] = sums.GetValueOrDefault(fund) + fen;
        foreach (var nothing in sums.Where(s => s.Value == 0).Select(s => s.Key).ToList()) sums.Remove(nothing);
        return sums;
    }

    /// <summary>What a county's funds spent on its persons.</summary>
    public SortedDictionary<string, long> Expense(string county)
    {
        var funds = Funds(bills.Where(b => b.Home == county));
        funds.Remove(AccountFund);
        return funds;
    }

    /// <summary>What a home county owes another for the bills from one month to another, by fund.</summary>
    public SortedDictionary<string, long> Owed(string home, string county, int first, int last) => Funds(bills.Where(b => b.Home == home && b.County == county && b.Month >= first && b.Month <= last));

    /// <summary>The deposits of a hospital's year: withheld month by month and fund by fund, given back by score, each rounded half up to the fen.</summary>
    public (long Withheld, long Back) Deposits(string provider, int year)
    {
        var (left, held) = (new SortedDictionary<string, long>(StringComparer.Ordinal), new SortedDictionary<string, long>(StringComparer.Ordinal));
        for (var month = year * 100 + 1; month <= year * 100 + 12; month++)
        {
            foreach (var (fund, fen) in Funds(Of(provider, month, month))) left[fund] = left.GetValueOrDefault(fund) + fen;
            foreach (var (fund, fen) in left.Where(f => f.Value > 0 && f.Key != AccountFund).ToList())
            {
                var deposit = (fen * DepositBp + 5_000) / 10_000;
                left[fund] -= deposit;
                held[fund] = held.GetValueOrDefault(fund) + deposit;
            }
            // What came to nothing or less waits for the next month.
            if (left.Values.Sum() > 0) left.Clear();
        }
        return (held.Values.Sum(), held.Values.Sum(fen => (fen * Score * 100 + 5_000) / 10_000));
    }
}

/// <summary>A yearly amount that was agreed with a provider for one fund: who has the surplus, who bears the overspend.</summary>
/// <param name="SurplusBp">Of what is left of the amount, to the provider.</param>
/// <param name="OverspendBp">Of what was settled beyond it, borne by the fund.</param>
internal sealed record AgreedYear(string County, string Provider, string Fund, long BudgetFen, int SurplusBp, int OverspendBp)
{
    /// <summary>What the year's settlement comes to.</summary>
    public long Due(long settledFen) => settledFen > BudgetFen ? BudgetFen + Share(settledFen - BudgetFen, OverspendBp) : settledFen + Share(BudgetFen - settledFen, SurplusBp);

    private static long Share(long fen, int bp) => (fen * bp + 5_000) / 10_000;
}
