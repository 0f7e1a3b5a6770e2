using MedInsure.Enrollment.Employments;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Tests.Employments;

/// <summary>What a flexible worker's month covers.</summary>
[Trait("Category", "Unit")]
public sealed class MonthlyCoverTests
{
    [Theory]
    [InlineData(202702, "2027-02-28", "2027-02-28")] // on the last day
    [InlineData(202802, "2028-02-29", "2028-02-29")] // of a leap year
    [InlineData(202712, "2026-11-21", "2027-12-31")] // a year ahead
    [InlineData(202702, "2027-02-01", "2027-02-28")]
    public void MonthPaidByItsLastDay_IsCoveredWhole(int month, string paidOn, string last)
    {
        var days = MonthlyCover.Of(month, DateOnly.Parse(paidOn), enrolled: true).Value;
        Assert.Equal(new DatePeriod(new DateOnly(month / 100, month % 100, 1), DateOnly.Parse(last)), days);
    }

    [Fact]
    public void MonthPaidLater_CoversNothing() => Assert.Equal("cover.paid_after_the_month", MonthlyCover.Of(202702, new DateOnly(2027, 3, 1), enrolled: true).Refusal!.Code);

    [Fact]
    public void MonthOfNobodyEnrolled_CoversNothing() => Assert.Equal("cover.no_flexible_worker", MonthlyCover.Of(202702, new DateOnly(2027, 2, 1), enrolled: false).Refusal!.Code);

    [Theory]
    [InlineData(202713)]
    [InlineData(202700)]
    [InlineData(2027)]
    [InlineData(20270101)]
    public void OtherNumbers_AreNoMonths(int period) => Assert.False(MonthlyCover.IsMonth(period));
}
