namespace MedInsure.Settlement.Journal;

/// <summary>All that corrections added to one settlement, and under what it was computed last. It goes and comes back with its settlement.</summary>
public sealed record StandingCorrection(Difference Difference, Facts Facts)
{
    public static StandingCorrection Of(StandingCorrection? earlier, Correction correction) => new(Differences.Sum(earlier?.Difference, correction.Difference, 1), correction.Facts);
}
