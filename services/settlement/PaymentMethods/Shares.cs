namespace MedInsure.Settlement.PaymentMethods;

/// <summary>Divides an amount by weights so that the parts sum to it: each the whole fen of its share, what is left one by one to the largest remainders, equal ones in the order of their names.</summary>
internal static class Shares
{
    /// <param name="weights">Not negative. All zero: the first name has everything.</param>
    public static Dictionary<string, long> Split(long totalFen, IReadOnlyCollection<(string Name, Int128 Weight)> weights)
    {
        var all = weights.Aggregate(Int128.Zero, (sum, w) => sum + w.Weight);
        var parts = new Dictionary<string, long>(StringComparer.Ordinal);
        if (weights.Count == 0) return parts;
        // Of a negative amount the same parts, taken instead of given.
        var (amount, sign) = (Int128.Abs(totalFen), Math.Sign(totalFen));
        var left = new List<(string Name, Int128 Remainder)>(weights.Count);
        var given = Int128.Zero;
        foreach (var (name, weight) in weights.OrderBy(w => w.Name, StringComparer.Ordinal))
        {
            var (whole, remainder) = all == 0 ? (parts.Count == 0 ? amount : 0, 0) : Int128.DivRem(amount * weight, all);
            parts.Add(name, checked((long)whole));
            left.Add((name, remainder));
            given += whole;
        }
        foreach (var (name, _) in left.OrderByDescending(l => l.Remainder).ThenBy(l => l.Name, StringComparer.Ordinal).Take(checked((int)(amount - given)))) parts[name]++;
        if (sign < 0)
            foreach (var name in parts.Keys) parts[name] = -parts[name];
        return parts;
    }
}
