namespace MedInsure.Settlement.Ledger;

/// <summary>Balances of accounts as days are closed one after the other. Pure; the close makes its trial balance by it, and verification the same one again.</summary>
internal sealed class TrialBalance
{
    private readonly Dictionary<LedgerAccount, AccountBalance> balances = [];
    private readonly SortedDictionary<DateOnly, List<LedgerEntry>> open = [];

    public TrialBalance(IEnumerable<AccountBalance>? closed = null)
    {
        foreach (var balance in closed ?? []) balances[balance.Account] = new(balance.Account, balance.ClosingFen, 0, 0);
    }

    public void Book(DateOnly day, IEnumerable<LedgerEntry> entries)
    {
        if (!open.TryGetValue(day, out var list)) open.Add(day, list = []);
        list.AddRange(entries);
    }

    /// <summary>Takes in what is booked to the day, and goes on from its closing balances. Accounts without any balance or movement are left out.</summary>
    public List<AccountBalance> Close(DateOnly day)
    {
        while (open.Count > 0 && open.First() is var first && first.Key <= day)
        {
            foreach (var (account, amount) in first.Value)
            {
                var balance = balances.GetValueOrDefault(account, new(account, 0, 0, 0));
                balances[account] = amount > 0 ? balance with { DebitFen = balance.DebitFen + amount } : balance with { CreditFen = balance.CreditFen - amount };
            }
            open.Remove(first.Key);
        }
        var closing = balances.Values.Where(b => b is not { OpeningFen: 0, DebitFen: 0, CreditFen: 0 }).OrderBy(b => b.Account, LedgerText.AccountOrder).ToList();
        foreach (var balance in closing) balances[balance.Account] = new(balance.Account, balance.ClosingFen, 0, 0);
        return closing;
    }
}
