using MedInsure.Kernel;

namespace MedInsure.Settlement.Pooling;

/// <summary>Refusals of the money between a county and its city. The order of checks is that of each file.</summary>
internal static class PoolRefusals
{
    public static readonly Refusal LinesInvalid = new(RefusalKind.Invalid, "pool.lines_invalid", "须有1至50行，基金代码、账户和金额有效且不重复", "1 to 50 lines are needed, each once, with a fund, a known account and a positive amount", "lines");
    public static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "pool.reason_missing", "须写明事由", "The reason is missing or longer than 500 characters", "reason");
    public static readonly Refusal CountyUnknown = new(RefusalKind.Invalid, "pool.county_unknown", "不是本市所辖统筹区", "It is none of the city's counties", "county");
    public static readonly Refusal NotACounty = new(RefusalKind.Precondition, "pool.not_a_county", "该业务由县级办理", "A county does this, not the city", "county");
    public static readonly Refusal AccountShort = new(RefusalKind.Precondition, "pool.account_short", "账户余额不足", "The account does not hold as much", "lines");
    public static readonly Refusal SubAccountShort = new(RefusalKind.Precondition, "pool.sub_account_short", "该县分账余额不足，须先按赤字分担顺序弥补或申请风险调节金", "The county's sub-account does not hold as much: its deficit is to be covered first, in the stated order or from the risk adjustment fund", "lines");
    public static readonly Refusal FiscalShort = new(RefusalKind.Precondition, "pool.fiscal_account_short", "市财政专户余额不足", "The city's fiscal account does not hold as much", "lines");
    public static readonly Refusal NothingToRemit = new(RefusalKind.Precondition, "pool.nothing_to_remit", "没有可上解的资金", "The accounts hold nothing to remit", "lines");
    public static readonly Refusal MoveUnknown = new(RefusalKind.NotFound, "pool.move_unknown", "未找到该笔资金划转", "No such transfer", "number");
    public static readonly Refusal MoveNotInState = new(RefusalKind.Precondition, "pool.move_not_in_state", "该笔划转目前的状态不允许此操作", "The transfer is not in the state for this", "number");
    public static readonly Refusal AmountMismatch = new(RefusalKind.Invalid, "pool.amount_mismatch", "金额与划转单不符", "The amount is not the transfer's", "amount");
    public static readonly Refusal AmountInvalid = new(RefusalKind.Invalid, "pool.amount_invalid", "金额无效", "The amount is no positive amount of yuan", "amount");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "pool.day_invalid", "日期无效或晚于今日", "The day is no day (yyyy-MM-dd) or has not come yet", "day");
    public static readonly Refusal ReferenceMissing = new(RefusalKind.Invalid, "pool.reference_missing", "缺少银行流水号", "The bank's reference is missing or longer than 100 characters", "bank_reference");
    public static readonly Refusal ReferenceUsed = new(RefusalKind.Conflict, "pool.reference_used", "该银行流水号已登记且内容不同", "The bank's reference is recorded already with other content", "bank_reference");
    public static readonly Refusal ArrivalUnknown = new(RefusalKind.NotFound, "pool.arrival_unknown", "未找到该笔到账", "No such arrival", "bank_reference");
    public static readonly Refusal ArrivalSettled = new(RefusalKind.Precondition, "pool.arrival_settled", "该笔到账已核对", "The arrival is matched already", "bank_reference");
    public static readonly Refusal ArrivalDoesNotMatch = new(RefusalKind.Precondition, "pool.arrival_does_not_match", "与该划转单不符，仍列为待核对", "It is not the transfer's money; the arrival stays on the list", "number");
    public static readonly Refusal BudgetMissing = new(RefusalKind.Precondition, "pool.budget_missing", "该年度预算尚未批准", "The year's budget is not approved", "year");
    public static readonly Refusal BudgetAboveFund = new(RefusalKind.Precondition, "pool.budget_above_fund", "支出预算超过基金结余与收入预算之和", "The expenditure budget is more than what the fund holds and will receive", "lines");
    public static readonly Refusal OrderNotStated = new(RefusalKind.Precondition, "pool.order_not_stated", "本市未规定赤字分担顺序", "The city's terms state no order of bearing deficits", "county");
    public static readonly Refusal NoDeficit = new(RefusalKind.Precondition, "pool.no_deficit", "分账余额足够，无需弥补", "The sub-account holds as much: there is no deficit to cover", "lines");
    public static readonly Refusal RiskFundNotStated = new(RefusalKind.Precondition, "pool.risk_fund_not_stated", "本市未设风险调节金", "The city has no risk adjustment fund", "county");
    public static readonly Refusal RiskFundFull = new(RefusalKind.Precondition, "pool.risk_fund_full", "风险调节金已达总额上限", "The risk adjustment fund has reached its cap", "county");
    public static readonly Refusal NothingToPayIn = new(RefusalKind.Precondition, "pool.nothing_to_pay_in", "没有应缴的风险调节金", "Nothing is set aside for the risk adjustment fund that was not paid in", "county");
    public static readonly Refusal NotAbnormal = new(RefusalKind.Precondition, "pool.overspend_not_abnormal", "未达到非正常超支，不得使用风险调节金", "The overspend is not an abnormal one: the risk adjustment fund is not for it", "lines");
    public static readonly Refusal AboveOverspend = new(RefusalKind.Precondition, "pool.above_overspend", "超过该县非正常超支额", "More than the county's abnormal overspend", "amount");
    public static readonly Refusal AboveCap = new(RefusalKind.Precondition, "pool.above_draw_cap", "超过本年度风险调节金可用额度", "More than what may be drawn from the risk adjustment fund in the year", "amount");
    public static readonly Refusal ApplicationUnknown = new(RefusalKind.NotFound, "pool.application_unknown", "未找到申请", "No such application", "number");
    public static readonly Refusal ApplicationDecided = new(RefusalKind.Precondition, "pool.application_decided", "该申请已作出决定", "The application is decided already", "number");
    public static readonly Refusal ApplicationNotApproved = new(RefusalKind.Precondition, "pool.application_not_approved", "该申请未获批准", "The application is not approved", "number");
    public static readonly Refusal KindUnknown = new(RefusalKind.Invalid, "pool.kind_unknown", "类别无效", "There is no such kind", "kind");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "pool.state_unknown", "状态无效", "There is no such state", "state");
    public static readonly Refusal DecisionUnknown = new(RefusalKind.Invalid, "pool.decision_unknown", "决定须为批准或不批准", "The decision is neither approved nor refused", "decision");
    public static readonly Refusal YearsInvalid = new(RefusalKind.Invalid, "pool.years_invalid", "提取年数无效", "The number of years is out of range", "years");
    public static readonly Refusal YearInvalid = new(RefusalKind.Invalid, "pool.year_invalid", "年度或月份无效", "The year or month is out of range", "year");
    public static readonly Refusal WarningUnknown = new(RefusalKind.NotFound, "pool.warning_unknown", "未找到该预警", "No such warning", "month");
    public static readonly Refusal ToldMissing = new(RefusalKind.Invalid, "pool.told_missing", "须写明告知对象", "Who was told is missing or longer than 100 characters", "told_to");
}
