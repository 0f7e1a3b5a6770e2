using MedInsure.Kernel;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// A year's premium in instalments, each split over the counties. Pure. An instalment is its share of the premium rounded half up; the last one takes the
/// rest. A county's parts of a year sum to its heads times the premium per head exactly: the instalments before the last are split by largest remainder
/// (of equal ones the lower division code first), the last one gives each county what it still lacks.
/// </summary>
internal static class PremiumSchedule
{
    /// <param name="heads">By division.</param>
    public static IReadOnlyList<ScheduledInstalment> Of(PremiumTerms terms, int year, IReadOnlyDictionary<string, int> heads)
    {
        var counties = heads.OrderBy(h => h.Key, StringComparer.Ordinal).ToArray();
        var premium = terms.PerHead.Times(counties.Sum(c => c.Value));
        var (left, leftOf) = (premium, counties.Select(c => terms.PerHead.Times(c.Value)).ToArray());
        var instalments = new List<ScheduledInstalment>(terms.Instalments.Count);
        foreach (var instalment in terms.Instalments)
        {
            var last = instalments.Count == terms.Instalments.Count - 1;
            // A premium of a few fen: rounding up may not take more than there is.
            var amount = last ? left : Fen.Min(left, premium.ShareHalfUp(instalment.Share));
            var parts = last ? [.. leftOf] : Split(amount, [.. counties.Select(c => c.Value)]);
            left -= amount;
            for (var i = 0; i < parts.Length; i++) leftOf[i] -= parts[i];
            instalments.Add(new ScheduledInstalment(instalments.Count + 1, instalment.Due.In(year), amount, [.. counties.Select((c, i) => new CountyPart(c.Key, c.Value, parts[i]))]));
        }
        return instalments;
    }

    private static Fen[] Split(Fen amount, int[] weights)
    {
        var sum = weights.Sum(w => (long)w);
        if (sum == 0) return new Fen[weights.Length];
        var shares = weights.Select(w => Int128.DivRem((Int128)amount.Value * w, sum)).ToArray();
        var parts = shares.Select(s => new Fen((long)s.Quotient)).ToArray();
        var missing = (int)(amount.Value - parts.Sum(p => p.Value));
        foreach (var i in Enumerable.Range(0, parts.Length).OrderByDescending(i => shares[i].Remainder).ThenBy(i => i).Take(missing)) parts[i] += new Fen(1);
        return parts;
    }
}

internal sealed record ScheduledInstalment(int Number, DateOnly DueOn, Fen Amount, IReadOnlyList<CountyPart> Counties);

internal sealed record CountyPart(string County, int Heads, Fen Amount);
