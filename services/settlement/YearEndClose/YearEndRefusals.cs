using MedInsure.Kernel;

namespace MedInsure.Settlement.YearEndClose;

/// <summary>Refusals of the fund's year end. The order of checks is that of each file.</summary>
internal static class YearEndRefusals
{
    public static readonly Refusal YearInvalid = new(RefusalKind.Invalid, "year_end.year_invalid", "年度无效", "The year is out of range", "year");
    public static readonly Refusal QuarterInvalid = new(RefusalKind.Invalid, "year_end.quarter_invalid", "季度无效", "The quarter is none of 1 to 4", "quarter");
    public static readonly Refusal DaysOpen = new(RefusalKind.Precondition, "year_end.days_open", "该期间尚有未日结的日期", "Not all days of the period are closed", "year");
    public static readonly Refusal CountyNotCarried = new(RefusalKind.Precondition, "year_end.county_not_carried", "有县尚未完成年终结转", "A county has not carried the year over yet", "year");
    public static readonly Refusal NothingToCarry = new(RefusalKind.Precondition, "year_end.nothing_to_carry", "没有需要结转的余额", "Nothing is left to carry over", "year");
    public static readonly Refusal NoInterest = new(RefusalKind.Precondition, "year_end.no_interest", "没有应计利息", "There is no interest", "quarter");
    public static readonly Refusal NotACounty = new(RefusalKind.Precondition, "year_end.not_a_county", "该业务由县级办理", "A county does this, not the city", "tenant");
}
