using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Rewards;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tests.Tips;

[Trait("Category", "Unit")]
public sealed class RewardTermsTests
{
    [Theory]
    [InlineData(1, 20_000)] // the floor
    [InlineData(1_000_000, 20_000)] // 2 % is the floor
    [InlineData(1_000_025, 20_001)] // 20,000.5, half up
    [InlineData(999_999_999, 20_000_000)] // 19,999,999.98, half up: the ceiling
    [InlineData(1_000_000_050, 20_000_000)] // the ceiling
    public void Recovered_GivesItsShare_BetweenFloorAndCeiling(long recoveredFen, long rewardFen) => Assert.Equal(rewardFen, RewardRow.Of(new Fen(recoveredFen), FieldTerms.LoadEmbedded()).Value);

    [Fact]
    public void Scripts_HaveResultsOfEachKind() => Assert.All(FieldTerms.LoadEmbedded().Calls.Results, r => Assert.True(r.Reached || !r.Doubt));
}
