using System.Numerics;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Simulation;

/// <summary>
/// From the persons that were drawn to all: sums times persons / drawn, rounded half up, and how far the truth may lie from that. Where everybody was computed both are exact.
/// In whole numbers throughout.
/// </summary>
/// <param name="Persons">All.</param>
/// <param name="Drawn">At random, without putting back, each person as likely as any other.</param>
public readonly record struct SimulationEstimate(long Persons, long Drawn)
{
    // 1.96 standard deviations on either side hold 95 % of a normal distribution; 1.96² = 3.8416.
    private const int QuantileSquaredE4 = 38_416;

    public bool IsExact => Drawn >= Persons;

    public long Of(long sum) => IsExact ? sum : HalfUp.Divide((Int128)sum * Persons, Drawn);

    /// <summary>Half the width of the 95 % interval around <see cref="Of"/>, rounded up; null: fewer than two were drawn. It rests on the normal distribution: where few persons
    /// make most of a sum it is too narrow.</summary>
    /// <param name="sum">Over the persons drawn.</param>
    /// <param name="squares">The sum of the squares of what each of them has.</param>
    public long? Bound(long sum, Int128 squares)
    {
        if (IsExact) return 0;
        if (Drawn < 2) return null;
        // N² (1 - n/N) s² / n with s² = (n Σd² - (Σd)²) / (n (n - 1)), times the quantile's square.
        var (all, drawn) = ((BigInteger)Persons, (BigInteger)Drawn);
        var numerator = QuantileSquaredE4 * all * (all - drawn) * (drawn * (BigInteger)squares - (BigInteger)sum * sum);
        return (long)RootUp(numerator / (10_000 * drawn * drawn * (drawn - 1)));
    }

    /// <summary>The square root, rounded up, by Newton's method in whole numbers.</summary>
    private static BigInteger RootUp(BigInteger square)
    {
        if (square <= 1) return square.Sign <= 0 ? 0 : 1;
        var root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2);
        for (; ; )
        {
            var next = (root + square / root) / 2;
            if (next >= root) return root * root < square ? root + 1 : root;
            root = next;
        }
    }
}
