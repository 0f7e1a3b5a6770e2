using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>Guichi's order of bearing deficits (Gc, seed-facts.md section 4), to the fen.</summary>
[Trait("Category", "Golden")]
public sealed class DeficitOrderTests
{
    private static readonly DeficitTerms Guichi = PoolTerms.Of("341700").Deficit!;

    private static string Divided(bool met, long gap, long surplus) => string.Join(' ', DeficitOrder.Divide(Guichi, met, gap, surplus).Select(s => $"{s.Bearer}:{s.AmountFen}"));

    [Theory]
    // The budget was met, and enough is put by: all from the own surplus.
    [InlineData(true, 1_000_000, 1_000_000, "AccumulatedSurplus:1000000")]
    [InlineData(true, 1_000_000, 5_000_000, "AccumulatedSurplus:1000000")]
    // 10,000.00 short, 9,999.99 put by: one fen is the county's.
    [InlineData(true, 1_000_000, 999_999, "AccumulatedSurplus:999999 County:1")]
    [InlineData(true, 1_000_000, 1, "AccumulatedSurplus:1 County:999999")]
    // Nothing put by, or less than nothing.
    [InlineData(true, 1_000_000, 0, "County:1000000")]
    [InlineData(true, 1_000_000, -5, "County:1000000")]
    // The budget was not met: the county at once, whatever it has put by.
    [InlineData(false, 1_000_000, 5_000_000, "County:1000000")]
    [InlineData(false, 1, 0, "County:1")]
    // No gap, no shares.
    [InlineData(true, 0, 5_000_000, "")]
    [InlineData(false, 0, 0, "")]
    public void Gap_IsBorneInItsOrder(bool met, long gapFen, long surplusFen, string shares) => Assert.Equal(shares, Divided(met, gapFen, surplusFen));

    [Fact]
    public void Shares_SumToTheGap()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var (gap, surplus) = (random.NextInt64(1_000_000_000), random.NextInt64(-1_000_000, 1_000_000_000));
            Assert.Equal(gap, DeficitOrder.Divide(Guichi, random.Next(2) == 0, gap, surplus).Sum(s => s.AmountFen));
        }
    }
}
