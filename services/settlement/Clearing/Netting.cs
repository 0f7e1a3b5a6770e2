using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Clearing;

/// <summary>What remains to be paid between two counties, fund by fund. Pure.</summary>
/// <param name="APays">By fund, each above zero.</param>
/// <param name="Offset">By fund, what each owes the other and nobody pays: the smaller of both, which may be below zero where reversals outweigh.</param>
internal sealed record Netting(SortedDictionary<string, long> APays, SortedDictionary<string, long> BPays, SortedDictionary<string, long> Offset)
{
    public static Netting Of(IEnumerable<FundAmount> aOwes, IEnumerable<FundAmount> bOwes)
    {
        var (a, b) = (Sums(aOwes), Sums(bOwes));
        var netting = new Netting(new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal));
        foreach (var fund in a.Keys.Union(b.Keys))
        {
            var (owesA, owesB) = (a.GetValueOrDefault(fund), b.GetValueOrDefault(fund));
            if (owesA > owesB) netting.APays.Add(fund, owesA - owesB);
            if (owesB > owesA) netting.BPays.Add(fund, owesB - owesA);
            if (Math.Min(owesA, owesB) is var offset and not 0) netting.Offset.Add(fund, offset);
        }
        return netting;
    }

    private static Dictionary<string, long> Sums(IEnumerable<FundAmount> funds) => funds.GroupBy(f => f.Fund).ToDictionary(g => g.Key, g => g.Sum(f => f.AmountFen));
}
