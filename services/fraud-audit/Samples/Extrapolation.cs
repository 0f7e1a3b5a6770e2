namespace MedInsure.FraudAudit.Samples;

/// <summary>What the reviewed bills of a stratum say.</summary>
/// <param name="Bills">All of the stratum.</param>
/// <param name="WrongFen">Of each bill drawn, 0 where nothing was wrong.</param>
internal sealed record ReviewedStratum(string Stratum, int Bills, IReadOnlyList<long> WrongFen);

/// <param name="MeanFen">Exact to a ten-thousandth of a fen.</param>
/// <param name="VarianceFen2">Of one bill: the squares of the differences to the mean, over n - 1.</param>
internal sealed record StratumEstimate(string Stratum, int Bills, int Drawn, decimal MeanFen, decimal VarianceFen2, long EstimateFen);

/// <param name="EstimateFen">Wrong money of all bills.</param>
/// <param name="LowFen">The lower end of the interval, never below what was found in the drawn bills themselves.</param>
internal sealed record Estimate(int Bills, int Drawn, long FoundFen, long EstimateFen, decimal StandardErrorFen, decimal Z, long LowFen, long HighFen, IReadOnlyList<StratumEstimate> Strata);

/// <summary>
/// From a stratified random sample to all bills: the sum over strata of bills × mean, its standard error with the correction for finite strata, and a two-sided interval of 90 %.
/// In decimal arithmetic, so that an appeal recomputes it to the fen from the drawn bills.
/// </summary>
internal static class Extrapolation
{
    /// <summary>Of a two-sided 90 % interval of the normal distribution. Assumed: what is recovered is its lower end, so that chance stands on the provider's side.</summary>
    public const decimal Z90 = 1.645m;

    public static Estimate Of(IReadOnlyList<ReviewedStratum> strata)
    {
        var (found, estimate, variance) = (0L, 0m, 0m);
        var each = new List<StratumEstimate>(strata.Count);
        foreach (var stratum in strata)
        {
            var n = stratum.WrongFen.Count;
            if (n == 0 || (n == 1 && stratum.Bills > 1)) throw new ArgumentException($"stratum {stratum.Stratum}: {n} bills were drawn of {stratum.Bills}", nameof(strata));
            var sum = stratum.WrongFen.Sum();
            var mean = (decimal)sum / n;
            var spread = n == 1 ? 0 : stratum.WrongFen.Sum(w => (w - mean) * (w - mean)) / (n - 1);
            found += sum;
            estimate += stratum.Bills * mean;
            // Bills that were all drawn leave nothing to chance.
            variance += (decimal)stratum.Bills * stratum.Bills * (1 - (decimal)n / stratum.Bills) * spread / n;
            each.Add(new StratumEstimate(stratum.Stratum, stratum.Bills, n, Math.Round(mean, 4), Math.Round(spread, 4), Half(stratum.Bills * mean)));
        }
        var error = Root(variance);
        return new Estimate(strata.Sum(s => s.Bills), strata.Sum(s => s.WrongFen.Count), found, Half(estimate), Math.Round(error, 4), Z90,
            Math.Max(found, (long)decimal.Floor(estimate - Z90 * error)), (long)decimal.Ceiling(estimate + Z90 * error), each);
    }

    private static long Half(decimal fen) => (long)Math.Round(fen, MidpointRounding.AwayFromZero);

    /// <summary>By Newton's steps, to the last place that does not change any more.</summary>
    internal static decimal Root(decimal value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if (value == 0) return 0;
        // From above the steps only go down.
        var root = Math.Max(value, 1);
        while (true)
        {
            var next = (root + value / root) / 2;
            if (next >= root) return root;
            root = next;
        }
    }
}
