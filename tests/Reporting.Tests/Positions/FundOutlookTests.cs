using MedInsure.Protos.Settlement.V1;
using MedInsure.Reporting.Positions;

namespace MedInsure.Reporting.Tests.Positions;

[Trait("Category", "Unit")]
public sealed class FundOutlookTests
{
    private static readonly PoolLevel[] Levels = [new() { Level = "red", BelowMonths = 3 }, new() { Level = "yellow", BelowMonths = 6 }, new() { Level = "surplus", AboveMonths = 15 }];

    /// <summary>200 a quarter, 400 in the fourth: shares 20, 20, 20, 40 %.</summary>
    private static List<PoolMonth> Year(int year, int months = 12) => [.. Enumerable.Range(1, months).Select(m => new PoolMonth { Pool = "390", Month = year * 100 + m, ExpenditureFen = m > 9 ? 40_000 : 20_000 })];

    private static PoolStanding Standing(long spent, long held, long received = 0, long forecastRevenue = 0) =>
        new() { Pool = "390", YearExpenditureFen = spent, HeldFen = held, YearRevenueFen = received, ForecastRevenueFen = forecastRevenue, ForecastExpenditureFen = 777, Seasonal = false };

    [Theory]
    [InlineData(9, 60_000, 100_000)]  // three quarters have passed: 60 %
    [InlineData(10, 60_000, 81_818)]  // 60 % + 40 %/3 = 73.33 %: 60,000/0.7333
    [InlineData(2, 40_000, 300_000)]  // 2/3 of 20 %
    [InlineData(12, 60_000, 60_000)]
    public void Expenditure_FollowsTheQuartersOfPastYears(int month, long spent, long whole)
    {
        var outlook = FundOutlook.Of(Standing(spent, 0), [.. Year(2024), .. Year(2025), .. Year(2026, month)], 202600 + month, Levels, FundScenario.None);
        Assert.Equal(("quarters", whole), (outlook.Way, outlook.ExpenditureFen));
        Assert.Equal([2000, 2000, 2000, 4000], outlook.QuarterSharesBp);
    }

    [Fact]
    public void WithoutAWholeYear_SettlementsForecastHolds()
    {
        var outlook = FundOutlook.Of(Standing(500, 0), Year(2025, 11), 202609, Levels, FundScenario.None);
        Assert.Equal(("linear", 777L), (outlook.Way, outlook.ExpenditureFen));
    }

    [Fact]
    public void Scenario_ChangesWhatIsStillToCome()
    {
        // Booked 60,000 of 100,000; received 80,000 of 90,000; held 30,000.
        var standing = Standing(60_000, 30_000, 80_000, 90_000);
        var plain = FundOutlook.Of(standing, Year(2025), 202609, Levels, FundScenario.None);
        Assert.Equal((90_000L, 100_000L, 30_000L + 10_000 - 40_000), (plain.RevenueFen, plain.ExpenditureFen, plain.HeldFen));
        Assert.Equal("red", plain.Level);
        // 10 % more of the 40,000 to come, 5 % more of the 10,000, and 50,000 from governments.
        var what = FundOutlook.Of(standing, Year(2025), 202609, Levels, new FundScenario(10_00, 5_00, 50_000));
        Assert.Equal((140_500L, 104_000L, 30_000L + 60_500 - 44_000), (what.RevenueFen, what.ExpenditureFen, what.HeldFen));
        // 46,500 of 8,666.67 a month: 5.3 months.
        Assert.Equal((53L, "yellow"), (what.TenthsOfMonths, what.Level));
    }

    [Fact]
    public void PoolWithoutExpenditure_HasNoLevel()
    {
        var outlook = FundOutlook.Of(new PoolStanding { Pool = "390", HeldFen = 5 }, [], 202601, Levels, FundScenario.None);
        Assert.Equal((null, ""), (outlook.TenthsOfMonths, outlook.Level));
    }
}
