using MedInsure.Kernel;

namespace MedInsure.Settlement.Clearing;

/// <summary>Refusals of clearing. The order of checks is that of each file.</summary>
internal static class ClearingRefusals
{
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "clearing.month_invalid", "清算月份无效", "The month is no month (yyyyMM)", "month");
    public static readonly Refusal MonthNotOver = new(RefusalKind.Precondition, "clearing.month_not_over", "该月尚未结束，不能清算", "The month is not over and cannot be cleared", "month");
    public static readonly Refusal MonthPassed = new(RefusalKind.Precondition, "clearing.month_passed", "后续月份已开始清算，该月未清算的费用并入后续月份", "A later month is being cleared: what is left of this one is in it", "month");
    public static readonly Refusal MonthUnknown = new(RefusalKind.NotFound, "clearing.month_unknown", "该月未开始清算", "The month is not being cleared", "month");
    public static readonly Refusal PairUnknown = new(RefusalKind.NotFound, "clearing.pair_unknown", "未找到该清算对", "No such pair of counties in this month", "pair");
    public static readonly Refusal PairAgrees = new(RefusalKind.Precondition, "clearing.pair_not_different", "双方数据无差异，无须说明", "The counties of the pair do not differ: there is nothing to explain", "pair");
    public static readonly Refusal StillDiffers = new(RefusalKind.Precondition, "clearing.still_differs", "双方数据仍不一致或一方无法联系，不能清算", "The counties still differ before the first difference that is listed, or one cannot be reached", "pair");
    public static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "clearing.reason_missing", "须说明差异原因，且不超过500字", "The explanation is missing or longer than 500 characters", "reason");
    public static readonly Refusal NothingToOrder = new(RefusalKind.Precondition, "clearing.nothing_to_order", "没有双方均已确认、待下达的清算对", "No pair is confirmed by both counties and waits for its orders", "month");
    public static readonly Refusal StatementUnknown = new(RefusalKind.NotFound, "clearing.statement_unknown", "未收到该月与该统筹区的清算单", "The city has delivered no such clearing", "other_county");
    public static readonly Refusal StatementChanged = new(RefusalKind.Conflict, "clearing.statement_changed", "清算单与先前收到的不一致，请立即核查", "It is not what was delivered before; look into it at once", "pair");
    public static readonly Refusal SumsChanged = new(RefusalKind.Precondition, "clearing.sums_changed", "清算单与本地账目不符，不能确认", "The statement is not what this county's own books say; it cannot be confirmed", "other_county");
    public static readonly Refusal Overlaps = new(RefusalKind.Precondition, "clearing.overlaps", "清算单与此前月份的清算范围重叠或有遗漏，不能确认", "The statement does not begin where the one before ended; it cannot be confirmed", "other_county");
    public static readonly Refusal TransferUnknown = new(RefusalKind.NotFound, "clearing.transfer_unknown", "未找到划款指令", "No such transfer of this county", "order_no");
    public static readonly Refusal TransferDayInvalid = new(RefusalKind.Invalid, "clearing.day_invalid", "日期无效或晚于今日", "The day is no day (yyyy-MM-dd), before the payment, or has not come yet", "day");
    public static readonly Refusal TransferAmountMismatch = new(RefusalKind.Invalid, "clearing.amount_mismatch", "金额与划款指令不符", "The amount is not the transfer's", "amount");
    public static readonly Refusal ReferenceMissing = new(RefusalKind.Invalid, "clearing.reference_missing", "缺少银行流水号", "The bank's reference is missing or longer than 100 characters", "reference");
    public static readonly Refusal ReferenceUsed = new(RefusalKind.Conflict, "clearing.reference_used", "该银行流水号已用于其他划款", "The reference belongs to another transfer", "reference");
    public static readonly Refusal PaidOtherwise = new(RefusalKind.Conflict, "clearing.paid_otherwise", "该划款已按其他内容登记", "The transfer was recorded with other content", "order_no");
    public static readonly Refusal NotPaid = new(RefusalKind.Precondition, "clearing.not_paid", "付款方尚未登记付款", "The payer has not recorded its payment", "order_no");
}
