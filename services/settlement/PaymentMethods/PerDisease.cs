namespace MedInsure.Settlement.PaymentMethods;

/// <summary>按病种付费: a price for each case of a listed disease (Yd: 11 diseases; Gc: 358 to 467). The terms cover the listed diseases and no others.</summary>
internal sealed record PerDisease(bool CoversWhole, IReadOnlyList<DiseasePrice> Prices) : PricedMethod("per_disease", CoversWhole)
{
    protected override string Name => "按病种付费";

    protected override IEnumerable<(string, long)> Price(IEnumerable<CaseGroup> cases)
    {
        var counts = cases.GroupBy(c => c.Disease, StringComparer.Ordinal).ToDictionary(g => g.Key, g => Sum(g, c => c.Cases), StringComparer.Ordinal);
        foreach (var price in Prices)
            if (counts.GetValueOrDefault(price.Disease) is var n and not 0) yield return ($"{price.Disease}{price.Name} {n}例×{MethodText.Yuan(price.PriceFen)}", n * price.PriceFen);
    }
}

/// <param name="Disease">Exactly as claims have it.</param>
internal sealed record DiseasePrice(string Disease, string Name, long PriceFen);
