namespace MedInsure.Settlement.PaymentMethods;

/// <summary>
/// A method that has a price for each case, whatever the case cost: the patient settles on the actual cost (Sz, seed-facts.md section 3). Linear: two halves of the cases give what all of them give, and a
/// reversal takes back exactly what its case gave.
/// </summary>
/// <param name="CoversWhole">The price is that of the whole case, of which the fund owes what others (the patient above all) did not pay, never less than nothing; else it is what the fund pays.</param>
internal abstract record PricedMethod(string Code, bool CoversWhole) : PaymentMethod(Code)
{
    /// <summary>The kinds of priced cases among these, each with its arithmetic.</summary>
    protected abstract IEnumerable<(string Text, long Fen)> Price(IEnumerable<CaseGroup> cases);

    protected abstract string Name { get; }

    public override IReadOnlyList<ProviderDue> Due(TermMonth at, IReadOnlyList<string> providers, IReadOnlyList<CaseGroup> cases)
    {
        var own = cases.ToLookup(c => c.Provider, StringComparer.Ordinal);
        var due = new List<ProviderDue>(providers.Count);
        foreach (var provider in providers)
        {
            var (price, parts) = (0L, new List<string>());
            foreach (var (text, fen) in Price(own[provider]))
            {
                price += fen;
                parts.Add($"{text}＝{MethodText.Yuan(fen)}");
            }
            var explanation = $"{Name}：{(parts.Count == 0 ? "本期无病例" : MethodText.List(parts))}；合计{MethodText.Yuan(price)}";
            if (CoversWhole)
            {
                var others = Sum(own[provider], c => c.OthersFen);
                explanation += $"，减个人及其他支付{MethodText.Yuan(others)}";
                if (price < others) explanation += "，不足部分按零计";
                price = Math.Max(0, price - others);
            }
            due.Add(new ProviderDue(provider, price, $"{explanation}；累计应付{MethodText.Yuan(price)}"));
        }
        return due;
    }
}
