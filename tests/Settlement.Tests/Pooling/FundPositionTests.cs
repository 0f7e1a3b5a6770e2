using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>A month's position: what is held, months of reserve, levels, and the year's end as it will be.</summary>
[Trait("Category", "Unit")]
public sealed class FundPositionTests
{
    private static readonly PoolTerms Terms = PoolTerms.Of("default");

    private static FundFlowSum Revenue(int month, long fen, string fund = "390100") => new("C", month, month / 100, "revenue_personal", fund, false, 0, fen);
    private static FundFlowSum Expense(int month, long fen, string fund = "390100") => new("C", month, month / 100, "benefit_expense", fund, false, fen, 0);

    private static PoolPosition Of(int month, params FundFlowSum[] flows) => Assert.Single(FundPosition.Of(flows, month, Terms, []));

    [Fact]
    public void Reserve_IsTheBalanceInMeanMonths()
    {
        // 12,000 in; 1,000 and 2,000 out: 9,000 left, 1,500 a month: six months.
        var position = Of(202602, Revenue(202601, 12_000), Expense(202601, 1_000), Expense(202602, 1_500), Expense(202602, 500, "390200"), Expense(202603, 99_999));
        Assert.Equal((9_000, 1_500, 60L, ""), (position.HeldFen, position.MeanFen, position.TenthsOfMonths, position.Level));
        Assert.Equal((0, 2_000, 12_000, 3_000), (position.RevenueFen, position.ExpenditureFen, position.YearRevenueFen, position.YearExpenditureFen));
        Assert.Equal((1_500, 500), (position.ByFund["390100"], position.ByFund["390200"]));
    }

    [Theory]
    [InlineData(-1, "red")]
    [InlineData(2_999, "red")] // 2.9 months
    [InlineData(3_000, "yellow")]
    [InlineData(5_999, "yellow")]
    [InlineData(6_000, "")]
    [InlineData(15_099, "")] // 15.0
    [InlineData(15_100, "surplus")]
    public void Level_IsByMonthsOfReserve(long held, string level) => Assert.Equal(level, Of(202601, Revenue(202601, held + 1_000), Expense(202601, 1_000)).Level);

    [Fact]
    public void Mean_IsOfTheLastTwelveMonthsOnly()
    {
        FundFlowSum[] flows = [Revenue(202401, 100_000), Expense(202401, 50_000), .. Enumerable.Range(1, 12).Select(m => Expense(202500 + m, 1_000)), Expense(202601, 13_000)];
        // February 2025 to January 2026: eleven thousands and one of 13,000: 2,000 a month.
        Assert.Equal(2_000, Of(202601, flows).MeanFen);
    }

    [Fact]
    public void Forecast_FollowsLastYearsSeasonWhereItIsKnown()
    {
        // Last year 100 a month, in the fourth quarter 300: 1,800, of which 900 by September.
        FundFlowSum[] last = [Revenue(202501, 100_000), .. Enumerable.Range(1, 9).Select(m => Expense(202500 + m, 100)), .. Enumerable.Range(10, 3).Select(m => Expense(202500 + m, 300))];
        FundFlowSum[] year = [.. Enumerable.Range(1, 9).Select(m => Expense(202600 + m, 200))];
        var seasonal = Of(202609, [.. last, .. year]);
        Assert.Equal((true, 3_600L), (seasonal.Seasonal, seasonal.ForecastExpenditureFen)); // twice last year's, peak and all
        Assert.Equal(100_000 - 1_800 - 1_800, seasonal.HeldFen);
        Assert.Equal(100_000 - 1_800 - 3_600, seasonal.ForecastHeldFen);
        // A month of last year is missing: 1,800 in nine months are 2,400 in twelve.
        var linear = Of(202609, [.. last.Where(f => f.Month != 202505), .. year]);
        Assert.Equal((false, 2_400L), (linear.Seasonal, linear.ForecastExpenditureFen));
    }

    [Fact]
    public void PersonalAccounts_AreAPoolOfTheirOwn_AndParts_AreTheirPools()
    {
        FundFlowSum[] flows =
        [
            Revenue(202601, 1_000, "310100"), Expense(202601, 100, "310100"), new("C", 202601, 2026, "personal_account", "310200", false, 50, 500), new("C", 202601, 2026, "fund_split", "390100", false, 700, 0),
            new("C", 202601, 2026, "fund_split", "390100.inpatient", false, 0, 700), new("C", 202601, 2026, "provider_payable", "310100", false, 0, 100), new("C", 202601, 2026, "suspense", "", false, 0, 9),
        ];
        var pools = FundPosition.Of(flows, 202601, Terms, []);
        Assert.Equal(["310 900", "310200 450", "390 0"], pools.Select(p => $"{p.Pool} {p.HeldFen}"));
        Assert.Equal((500, 50), (pools[1].RevenueFen, pools[1].ExpenditureFen));
    }

    [Fact]
    public void RelativesAccounts_ArePersonalAccounts_AndNoSpendingOfThePool()
    {
        FundFlowSum[] flows = [Revenue(202601, 1_000, "310100"), new("C", 202601, 2026, "personal_account", "310200", false, 0, 500), new("C", 202601, 2026, "personal_account", "310201", false, 70, 0)];
        Assert.Equal(["310 1000 0", "310200 430 70"], FundPosition.Of(flows, 202601, Terms, []).Select(p => $"{p.Pool} {p.HeldFen} {p.ExpenditureFen}"));
        // So the money that pays them is that of personal accounts.
        Assert.Equal([("310200", 70L)], PlanAllocations.Means(flows, 202602, 1));
    }

    [Fact]
    public void CarryOver_ChangesNothingOfWhatIsHeld()
    {
        FundFlowSum[] year = [Revenue(202512, 1_000), Expense(202512, 400)];
        FundFlowSum[] carried = [new("C", 202601, 2025, "revenue_personal", "390100", true, 1_000, 0), new("C", 202601, 2025, "benefit_expense", "390100", true, 0, 400), new("C", 202601, 2025, "accumulated_surplus", "390100", true, 0, 600)];
        var position = Of(202601, [.. year, .. carried]);
        Assert.Equal((600, 0, 0), (position.HeldFen, position.YearRevenueFen, position.YearExpenditureFen));
    }

    [Fact]
    public void Plan_IsTheMeanOfTheMonthsBefore_RoundedUp()
    {
        FundFlowSum[] flows = [Expense(202602, 9_999), Expense(202603, 100), Expense(202604, 100), Expense(202605, 50, "390200"), Expense(202605, 51), Expense(202606, 9_999), Revenue(202605, 5)];
        Assert.Equal([("390100", 101L)], PlanAllocations.Means(flows, 202606, 3)); // 301 / 3
    }
}
