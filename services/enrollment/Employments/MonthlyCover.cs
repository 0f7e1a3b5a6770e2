using MedInsure.Enrollment.Covers;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>What a flexible worker's payment for one month covers. Pure.</summary>
internal static class MonthlyCover
{
    /// <summary>National psn_type of a flexible worker (national-interface.md).</summary>
    public const string FlexibleWorker = "1103";

    /// <summary>
    /// The whole month, if it was paid by its last day. What is paid later counts towards the years of contribution (billing), and covers nothing: else one could wait for an
    /// illness and pay then (assumed: the plans name no rule).
    /// </summary>
    /// <param name="month">yyyyMM.</param>
    /// <param name="enrolled">Whether the person is enrolled as a flexible worker in that month.</param>
    public static Outcome<DatePeriod> Of(int month, DateOnly paidOn, bool enrolled)
    {
        if (!enrolled) return CoverRefusals.NoFlexibleWorker;
        var days = Days(month);
        return paidOn > days.To ? CoverRefusals.PaidAfterTheMonth : days;
    }

    public static bool IsMonth(int period) => period is >= 1_000_01 and <= 9999_12 && period % 100 is >= 1 and <= 12;

    public static DatePeriod Days(int month) => new(EmploymentMonth.FirstDay(month), EmploymentMonth.LastDay(month));
}
