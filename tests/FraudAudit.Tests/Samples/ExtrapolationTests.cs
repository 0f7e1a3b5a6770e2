using MedInsure.FraudAudit.Samples;

namespace MedInsure.FraudAudit.Tests.Samples;

[Trait("Category", "Golden")]
public sealed class ExtrapolationTests
{
    [Fact]
    public void TwoStrata_ByHand()
    {
        // A: 100 bills, 4 drawn: 0, 100, 200, 100 fen: mean 100, squares 10,000 + 0 + 10,000 + 0 over 3 = 6,666.6667.
        //    estimate 10,000; variance 100² × (1 − 4/100) × 6,666.6667 / 4 = 16,000,000.
        // B: 10 bills, 2 drawn: 1,000 and 3,000: mean 2,000, squares 2 × 1,000,000 over 1 = 2,000,000; estimate 20,000; variance 10² × 0.8 × 2,000,000 / 2 = 80,000,000.
        // Together 30,000; standard error √96,000,000 = 9,797.9590; × 1.645 = 16,117.64: from 13,882.36 to 46,117.64; found 4,400.
        var e = Extrapolation.Of([new("A", 100, [0, 100, 200, 100]), new("B", 10, [1_000, 3_000])]);
        Assert.Equal((110, 6, 4_400L, 30_000L, 9_797.9590m, 13_882L, 46_118L), (e.Bills, e.Drawn, e.FoundFen, e.EstimateFen, e.StandardErrorFen, e.LowFen, e.HighFen));
        Assert.Equal([(100m, 6_666.6667m, 10_000L), (2_000m, 2_000_000m, 20_000L)], e.Strata.Select(s => (s.MeanFen, s.VarianceFen2, s.EstimateFen)));
    }

    [Fact]
    public void AllDrawn_LeavesNothingToChance()
    {
        var e = Extrapolation.Of([new("A", 3, [0, 700, 200]), new("B", 1, [50])]);
        Assert.Equal((950L, 0m, 950L, 950L), (e.EstimateFen, e.StandardErrorFen, e.LowFen, e.HighFen));
    }

    [Fact]
    public void LowerEnd_IsNeverBelowWhatWasFound()
    {
        var e = Extrapolation.Of([new("A", 50, [0, 0, 0, 10_000])]);
        Assert.Equal((125_000L, 10_000L), (e.EstimateFen, e.LowFen));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(96_000_000, 9797.95897113)]
    [InlineData(0.25, 0.5)]
    [InlineData(2, 1.41421356)]
    public void Root_ToEightPlaces(decimal of, decimal root) => Assert.Equal(root, Math.Round(Extrapolation.Root(of), 8));

    [Fact]
    public void OneOfMany_SaysNothing() => Assert.Throws<ArgumentException>(() => Extrapolation.Of([new("A", 2, [5])]));

    /// <summary>Bills whose truth is known: of many samples about nine tenths of the intervals hold it, and about nineteen twentieths of the lower ends are not above it.</summary>
    [Fact]
    public void Interval_HoldsTheTruthAsOftenAsItSays()
    {
        var random = new Random(20261122);
        var frame = Enumerable.Range(0, 2_000).Select(i => new Drawable($"S{i:D5}", i % 2 == 0 ? "A" : "B", 500_000)).ToList();
        var wrong = frame.ToDictionary(b => b.Key, b => random.Next(100) < 40 ? (long)random.Next(10_000, b.Stratum == "A" ? 100_000 : 300_000) : 0);
        var (truth, holds, below, rounds) = (wrong.Values.Sum(), 0, 0, 400);
        for (var round = 0; round < rounds; round++)
        {
            var e = Extrapolation.Of([.. SampleDraw.Draw(frame, $"seed{round}", 1_000).Select(s => new ReviewedStratum(s.Stratum, s.Bills, [.. s.Drawn.Select(b => wrong[b.Key])]))]);
            if (e.LowFen <= truth) below++;
            if (e.LowFen <= truth && truth <= e.HighFen) holds++;
        }
        // Three standard deviations of 400 draws around 90 % and 95 %.
        Assert.InRange(holds, 340, 380);
        Assert.InRange(below, 366, 394);
    }
}
