using MedInsure.Kernel;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// A year's gain or loss of an insurer, and how much of it is the fund's. Pure. Bands are marginal over the gain or loss as a share of the premium;
/// each band's end is rounded half up to the fen, and so is the fund's part of each band; the insurer bears what is left.
/// </summary>
/// <param name="Balance">premium − operating cost − claims + adjusted: a gain, or negative a loss.</param>
/// <param name="Bands">All of the contract's, gains first; the part is zero where the balance does not reach.</param>
/// <param name="ToFund">Of a gain: the insurer returns it. Of a loss, negative: the fund pays it to the insurer.</param>
internal sealed record RiskSharing(Fen OperatingCost, Fen Balance, IReadOnlyList<SharedBand> Bands, Fen ToFund)
{
    public Fen InsurerResult => Balance - ToFund;

    public static RiskSharing Of(SharingTerms terms, Fen premium, Fen claims, Fen adjusted)
    {
        var operatingCost = premium.ShareHalfUp(terms.OperatingCost);
        var balance = premium - operatingCost - claims + adjusted;
        SharedBand[] bands = [.. Fill(terms.Gain, gain: true, premium, Fen.Max(balance, Fen.Zero)), .. Fill(terms.Loss, gain: false, premium, Fen.Max(-balance, Fen.Zero))];
        var toFund = Fen.Zero;
        foreach (var band in bands) toFund = band.Gain ? toFund + band.Fund : toFund - band.Fund;
        return new RiskSharing(operatingCost, balance, bands, toFund);
    }

    private static IEnumerable<SharedBand> Fill(IReadOnlyList<SharingStep> steps, bool gain, Fen premium, Fen amount)
    {
        var (above, taken) = (BasisPoints.Zero, Fen.Zero);
        foreach (var step in steps)
        {
            var reached = step.UpTo is { } end ? Fen.Min(amount, premium.ShareHalfUp(end)) : amount;
            var part = reached - taken;
            yield return new SharedBand(gain, above, step.UpTo, step.FundShare, part, part.ShareHalfUp(step.FundShare));
            (above, taken) = (step.UpTo ?? above, reached);
        }
    }
}

/// <param name="Above">Of the premium.</param>
/// <param name="UpTo">Null: no upper end.</param>
/// <param name="Part">Of the balance inside this band, not negative.</param>
/// <param name="Fund">The fund's part of it, not negative.</param>
internal sealed record SharedBand(bool Gain, BasisPoints Above, BasisPoints? UpTo, BasisPoints FundShare, Fen Part, Fen Fund);
