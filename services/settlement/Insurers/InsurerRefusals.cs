using MedInsure.Kernel;

namespace MedInsure.Settlement.Insurers;

/// <summary>Refusals of the money between insurers and the city, beside those of Refusals.cs. The order of checks is that of each file.</summary>
internal static class InsurerRefusals
{
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "statement.month_invalid", "月份无效或不在合同期内", "The month is none (yyyyMM), or the contract does not cover it", "month");
    public static readonly Refusal MonthNotEnded = new(RefusalKind.Precondition, "statement.month_not_ended", "当月尚未结束", "The month has not ended", "month");
    public static readonly Refusal MonthsNotInOrder = new(RefusalKind.Precondition, "statement.months_not_in_order", "须按月份顺序结算", "Months are closed one after the other; an earlier one is open", "month");
    public static readonly Refusal StatementUnknown = new(RefusalKind.NotFound, "statement.unknown", "该月赔付尚未结算", "The month's claims are not closed", "month");
    public static readonly Refusal NotAgreed = new(RefusalKind.Precondition, "reconciliation.not_agreed", "本年度清算尚未确认", "The year's reconciliation is not agreed", "year");
    public static readonly Refusal AboveDue = new(RefusalKind.Precondition, "transfer.above_due", "金额超过应付余额", "The amount is more than is still due", "amount");
}
