using MedInsure.Kernel;

namespace MedInsure.Billing.Bills;

/// <summary>Refusals about monthly bills, flexible workers' months and the years of contribution.</summary>
internal static class BillRefusals
{
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "bill.month_invalid", "月份须为2000至2100年间的yyyyMM", "the month is no yyyyMM of the years 2000 to 2100", "month");
    public static readonly Refusal MonthAhead = new(RefusalKind.Precondition, "bill.month_ahead", "该月尚未开始，不能出账", "the month has not begun", "month");
    public static readonly Refusal MonthOutOfOrder = new(RefusalKind.Precondition, "bill.month_out_of_order", "须逐月出账：只能为最近已出账的月份或其下一月", "months are billed one after the other: the last billed one again, or the next", "month");
    public static readonly Refusal NotMonthly = new(RefusalKind.Precondition, "bill.not_monthly", "该险种不按月缴费", "the scheme is not paid by the month", "insutype");
    public static readonly Refusal RunGoesOn = new(RefusalKind.Conflict, "bill.run_goes_on", "该险种的出账正在进行", "bills of this scheme are being made");
    public static readonly Refusal RunUnknown = new(RefusalKind.NotFound, "bill.run_unknown", "没有该出账批次", "there is no such bill run", "run_no");
    public static readonly Refusal BillUnknown = new(RefusalKind.NotFound, "bill.unknown", "没有该账单", "there is no such bill", "bill_no");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "bill.state_unknown", "状态须为open、settled或all", "state is none of open, settled, all", "state");
    public static readonly Refusal PayerUnknown = new(RefusalKind.NotFound, "bill.payer_unknown", "没有该缴费单位或缴费人", "there is no such employer, nor a person with a bill of this number", "payer_no");
    public static readonly Refusal NotOfPersons = new(RefusalKind.Precondition, "suspense.has_owner", "该笔待处理款已指定缴费单位或缴费人", "the item is some payer's already", "suspense_no");
    public static readonly Refusal FlexibleUnknown = new(RefusalKind.Precondition, "flexible.month_unknown", "该人员没有所列月份的灵活就业应缴核定", "the person has no flexible worker's due for a month of the list", "months");
    public static readonly Refusal MonthsInvalid = new(RefusalKind.Invalid, "flexible.months_invalid", "须列明1至12个不重复的月份", "1 to 12 different months are needed", "months");

    public static readonly Refusal KindUnknown = new(RefusalKind.Invalid, "months.kind_unknown", "类别须为deemed（视同缴费）或recorded（有据可查的已缴）", "kind is neither deemed nor recorded", "kind");
    public static readonly Refusal MonthsOrder = new(RefusalKind.Invalid, "months.order_invalid", "起止月份无效、颠倒或晚于本月", "the months are none, go backwards or lie in the future", "to_month");
    public static readonly Refusal MonthsCounted = new(RefusalKind.Conflict, "months.counted_already", "其中有月份已计入缴费年限", "a month of these counts already", "from_month");
    public static readonly Refusal PapersMissing = new(RefusalKind.Invalid, "months.papers_missing", "未说明依据材料，或超过500个字符", "the papers are missing, or longer than 500 characters", "papers");
    public static readonly Refusal DecisionUnknown = new(RefusalKind.NotFound, "months.decision_unknown", "没有该认定", "there is no such decision", "decision_no");
    public static readonly Refusal DecisionRevoked = new(RefusalKind.Conflict, "months.decision_revoked", "该认定已撤销", "the decision is revoked already", "decision_no");

    public static readonly Refusal YearsMissing = new(RefusalKind.Precondition, "retirement.years_missing", "缴费年限不足", "the years of contribution do not suffice", "psn_no");
    public static readonly Refusal TypeInvalid = new(RefusalKind.Invalid, "retirement.type_invalid", "退休人员类别须以12开头", "a retired person's type begins with 12", "psn_type");
    public static readonly Refusal Retired = new(RefusalKind.Conflict, "retirement.decided", "该人员的退休待遇已认定", "the person's retirement is decided already", "psn_no");
    public static readonly Refusal RetirementUnknown = new(RefusalKind.NotFound, "retirement.unknown", "没有该退休认定", "there is no such retirement", "retirement_no");
    public static readonly Refusal RetirementWithdrawn = new(RefusalKind.Conflict, "retirement.withdrawn", "该退休认定已撤回", "the retirement is withdrawn already", "retirement_no");
    public static readonly Refusal NoTerms = new(RefusalKind.Precondition, "retirement.no_terms", "该险种没有此性别的退休年限规定", "the scheme's policy names no years for this sex", "insutype");
}
