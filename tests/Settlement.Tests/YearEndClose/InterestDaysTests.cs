using MedInsure.Kernel;
using MedInsure.Settlement.YearEndClose;

namespace MedInsure.Settlement.Tests.YearEndClose;

/// <summary>Interest by days, to the fen.</summary>
[Trait("Category", "Golden")]
public sealed class InterestDaysTests
{
    private static readonly DateOnly From = new(2026, 1, 1), To = new(2026, 3, 31);

    private static long Of(params (DateOnly, long)[] moves) => InterestDays.Of(moves, From, To, day => new BasisPoints(day < new DateOnly(2026, 3, 1) ? 35 : 20));

    [Fact]
    public void Balance_EarnsItsDaysAndRates()
    {
        // 1,000,000.00 for 59 days at 0.35 % and 31 days at 0.20 %: (59 × 35 + 31 × 20) bp-days = 2,685; 100,000,000 fen × 2,685 / 3,600,000 = 74,583.33.
        Assert.Equal(74_583, Of((new DateOnly(2025, 5, 5), 100_000_000)));
        // Only the last day: 20 / 3,600,000 of it: 555.56.
        Assert.Equal(556, Of((To, 100_000_000)));
        // After the period: nothing.
        Assert.Equal(0, Of((To.AddDays(1), 100_000_000)));
        // For one day: 35 / 3,600,000: 972.22.
        Assert.Equal(972, Of((From, 100_000_000), (From.AddDays(1), -100_000_000)));
        // Below zero earns nothing, and costs nothing.
        Assert.Equal(556, Of((From, -100_000_000), (To, 200_000_000)));
    }
}
