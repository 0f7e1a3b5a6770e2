namespace MedInsure.Settlement.Pooling;

/// <summary>
/// Who bears a deficit. Guichi: a county that met its revenue budget takes its own accumulated surplus first and pays the rest itself; one that did not pays at once (Gc, seed-facts.md section 4,
/// 004_afb7baf3ebb51254.txt). Pure.
/// </summary>
internal static class DeficitOrder
{
    /// <param name="gapFen">What the county's money at the city is short of, positive.</param>
    /// <param name="surplusFen">What it has put by.</param>
    /// <returns>By bearer, in their order, what it bears; none with nothing.</returns>
    public static List<(Bearer Bearer, long AmountFen)> Divide(DeficitTerms terms, bool budgetMet, long gapFen, long surplusFen)
    {
        var shares = new List<(Bearer, long)>();
        foreach (var bearer in budgetMet ? terms.BudgetMet : terms.BudgetNotMet)
        {
            var share = bearer == Bearer.AccumulatedSurplus ? Math.Min(gapFen, Math.Max(0, surplusFen)) : gapFen;
            if (share > 0) shares.Add((bearer, share));
            gapFen -= share;
        }
        return shares;
    }
}
