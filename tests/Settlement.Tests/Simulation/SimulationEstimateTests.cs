using MedInsure.Settlement.Simulation;

namespace MedInsure.Settlement.Tests.Simulation;

[Trait("Category", "Unit")]
public sealed class SimulationEstimateTests
{
    /// <summary>Six persons, every sample of three of them: the estimates' mean is the truth, and the mean of the squared bounds is 1.96² times their variance.</summary>
    [Fact]
    public void OverAllSamples_TheEstimateIsTheTruth_AndTheBoundItsSpread()
    {
        long[] persons = [0, 0, 120_000, -30_000, 1_000_000, 7_600];
        var truth = persons.Sum();
        var (estimates, squares) = (new List<decimal>(), new List<decimal>());
        for (var a = 0; a < 6; a++)
            for (var b = a + 1; b < 6; b++)
                for (var c = b + 1; c < 6; c++)
                {
                    long[] drawn = [persons[a], persons[b], persons[c]];
                    var estimate = new SimulationEstimate(6, 3);
                    estimates.Add(estimate.Of(drawn.Sum()));
                    var bound = estimate.Bound(drawn.Sum(), (Int128)drawn.Sum(d => d * d));
                    squares.Add((decimal)bound!.Value * bound.Value);
                }
        Assert.Equal(20, estimates.Count);
        Assert.Equal(truth, estimates.Average());
        var variance = estimates.Average(e => (e - truth) * (e - truth));
        // Each bound is rounded up to the fen.
        Assert.InRange(squares.Average() / (3.8416m * variance), 1m, 1.0001m);
    }

    [Fact]
    public void Everybody_IsExact()
    {
        var estimate = new SimulationEstimate(7, 7);
        Assert.Equal((true, 12_345L, 0L), (estimate.IsExact, estimate.Of(12_345), estimate.Bound(12_345, 99_999_999)));
    }

    [Fact]
    public void Sums_AreScaledAndRoundedOnce_AndOnePersonBoundsNothing()
    {
        Assert.Equal((333, -333, 667), (new SimulationEstimate(10, 3).Of(100), new SimulationEstimate(10, 3).Of(-100), new SimulationEstimate(10, 3).Of(200)));
        Assert.Null(new SimulationEstimate(10, 1).Bound(5, 25));
        // Who all change by the same leave nothing open.
        Assert.Equal(0, new SimulationEstimate(10, 4).Bound(400, 40_000));
    }

    /// <summary>A city's whole year: 5,000,000 persons with up to a million yuan each.</summary>
    [Fact]
    public void GreatSums_DoNotOverflow()
    {
        var persons = 5_000_000L;
        var bound = new SimulationEstimate(persons, persons / 2).Bound(0, (Int128)(persons / 2) * 100_000_000 * 100_000_000);
        // 1.96 x 1e8 x sqrt(5e6 x 5e6 x 1/2 / 2.5e6) = 1.96e8 x sqrt(5e6)
        Assert.InRange(bound!.Value, 438_268_000_000, 438_271_000_000);
    }
}
