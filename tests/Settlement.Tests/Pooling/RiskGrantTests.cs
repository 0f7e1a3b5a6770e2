using MedInsure.Kernel;
using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>What the risk adjustment fund may give, by Bijie's terms (assumed figures: 5 % over the budget, half of the fund a year).</summary>
[Trait("Category", "Golden")]
public sealed class RiskGrantTests
{
    private static readonly RiskFundTerms Bijie = PoolTerms.Of("520500").RiskFund!;

    [Theory]
    // 1,000.00 budgeted: up to 1,050.00 is normal.
    [InlineData(100_000, 100_000, 0)]
    [InlineData(105_000, 100_000, 0)]
    [InlineData(105_001, 100_000, 1)]
    [InlineData(120_000, 100_000, 15_000)]
    // 5 % of 0.10 is 0.005, rounded up to a fen.
    [InlineData(12, 10, 1)]
    public void AbnormalOverspend_IsBeyondTheMargin(long spent, long budget, long abnormal) => Assert.Equal(abnormal, RiskGrant.AbnormalFen(Bijie, spent, budget));

    [Theory]
    [InlineData(30_000, 0, 15_000)]
    // Half of 30,000 is 15,000, of which 7,500 was drawn.
    [InlineData(22_500, 7_500, 7_500)]
    [InlineData(15_000, 15_000, 0)]
    [InlineData(0, 0, 0)]
    // More was drawn than a half would be now: nothing, not less than nothing.
    [InlineData(1_000, 20_000, 0)]
    public void YearsRoom_IsHalfOfWhatItWouldHold(long held, long drawn, long room) => Assert.Equal(room, RiskGrant.RoomFen(Bijie, held, drawn));

    [Fact]
    public void PartsOfYears_SumToTheGrant_TheFirstBearsTheRemainder()
    {
        Assert.Equal([3_334, 3_333, 3_333], Enumerable.Range(0, 3).Select(part => RiskGrant.PartFen(10_000, 3, part)));
        Assert.Equal(7_777, RiskGrant.PartFen(7_777, 1, 0));
    }
}
