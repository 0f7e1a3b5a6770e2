using MedInsure.Kernel;

namespace MedInsure.Settlement.Indicators;

/// <summary>Refusals of limits of indicators. The order of checks is that of each file.</summary>
internal static class IndicatorRefusals
{
    public static readonly Refusal IndicatorUnknown = new(RefusalKind.Invalid, "indicators.unknown", "未知的考核指标", "No such indicator", "indicator");
    public static readonly Refusal ProviderUnknown = new(RefusalKind.Invalid, "indicators.provider_unknown", "不是本统筹区的定点机构", "No provider of this county", "provider");
    public static readonly Refusal MonthsInvalid = new(RefusalKind.Invalid, "indicators.months_invalid", "起止月份无效", "Months (yyyyMM) are malformed or out of order", "from_month");
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "indicators.month_invalid", "月份无效", "The month is no yyyyMM, or has not begun", "month");
    public static readonly Refusal LimitInvalid = new(RefusalKind.Invalid, "indicators.limit_invalid", "限值无效：比例为0至1（四位小数），金额为元（两位小数）", "The limit is no fraction with at most four decimals, or no amount with at most two", "limit");
    public static readonly Refusal DeductionInvalid = new(RefusalKind.Invalid, "indicators.deduction_invalid", "扣减比例应为0至1，最多四位小数", "The deduction is no fraction from 0 to 1 with at most four decimals", "deduction");
    public static readonly Refusal DaysInvalid = new(RefusalKind.Invalid, "indicators.days_invalid", "天数应为1至90，且仅用于再住院率", "Days are 1 to 90, and readmission_rate's alone", "days");
    public static readonly Refusal AgreementMissing = new(RefusalKind.Invalid, "indicators.agreement_missing", "缺少协议编号", "The agreement's number is missing or longer than 100 characters", "agreement_no");
    public static readonly Refusal LimitUnknown = new(RefusalKind.NotFound, "indicators.limit_unknown", "未找到指标限值", "No such limit", "limit");
    public static readonly Refusal NotDrafted = new(RefusalKind.Precondition, "indicators.limit_not_drafted", "该指标限值不处于待批准状态", "The limit is approved or withdrawn already", "limit");
    public static readonly Refusal Overlaps = new(RefusalKind.Conflict, "indicators.limit_overlaps", "该机构同一时段已有该指标的限值", "The provider has a limit of this indicator in some of these months", "from_month");
    public static readonly Refusal MonthStands = new(RefusalKind.Precondition, "indicators.month_stands", "该时段已有月份完成结算，不能追溯", "A statement was made of one of these months: what is agreed now cannot reach back", "from_month");
    public static readonly Refusal StateInvalid = new(RefusalKind.Invalid, "indicators.state_invalid", "未知的状态", "No such state", "state");
}
