using MedInsure.Settlement.PaymentMethods;

namespace MedInsure.Settlement.Tests.PaymentMethods;

[Trait("Category", "Unit")]
public sealed class ForecastTests
{
    private static long[] Year(params long[] months) => [.. months, .. new long[12 - months.Length]];

    /// <summary>Last year 100 a month and 200 in the fourth quarter: 1,500; its first six months 600. 660 × 1,500 / 600 = 1,650.</summary>
    [Fact]
    public void LastYearsSeason_CarriesThisYearOn()
    {
        var forecast = Forecast.Of(Year(110, 110, 110, 110, 110, 110), [100, 100, 100, 100, 100, 100, 100, 100, 100, 200, 200, 200], 6);
        Assert.Equal((660L, 1_650L, true), (forecast.SettledFen, forecast.ExpectedFen, forecast.BySeason));
        Assert.Equal("前6个月累计6.60元×上年全年15.00元÷上年同期6.00元＝全年预计16.50元", forecast.Explanation);
    }

    /// <summary>100 in three months: 400; 100 in seven: 171.43 -> 171.</summary>
    [Theory]
    [InlineData(3, 400)]
    [InlineData(7, 171)]
    [InlineData(12, 100)]
    public void YearBeforeWithAHole_IsNoSeason(int months, long expected)
    {
        var forecast = Forecast.Of(Year(40, 30, 30), [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0], months);
        Assert.Equal((expected, "linear"), (forecast.ExpectedFen, forecast.Basis));
    }

    [Fact]
    public void LaterMonths_AreNotLookedAt() => Assert.Equal(1_200, Forecast.Of(Year(100, 999), new long[12], 1).ExpectedFen);

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    public void NoSuchMonth_Throws(int months) => Assert.Throws<ArgumentOutOfRangeException>(() => Forecast.Of(new long[12], new long[12], months));
}
