using MedInsure.Kernel;

namespace MedInsure.Billing.Refunds;

/// <summary>Why money does not go back.</summary>
internal static class RefundRefusals
{
    public static readonly Refusal CauseUnknown = new(RefusalKind.Invalid, "refund.cause_unknown", "退费原因须为duplicate、death、overpaid、withdrawn或unknown", "cause is none of duplicate, death, overpaid, withdrawn, unknown", "cause");
    public static readonly Refusal SourceMissing = new(RefusalKind.Invalid, "refund.source_missing", "须指明待处理款，或缴款及人员、险种、年度", "name a suspense item, or a payment with person, scheme and year", "suspense_no");
    public static readonly Refusal NotRefundable = new(RefusalKind.Precondition, "refund.not_refundable", "该款项不符合退费条件或余额不足：仅多缴、停保、参保年度开始前死亡可退", "only what is overpaid, paid for a withdrawn year, or for a person who died before the year began goes back, and no more than is there", "amount");
    public static readonly Refusal RefundUnknown = new(RefusalKind.NotFound, "refund.unknown", "没有该退费申请", "there is no such refund", "refund_no");
    public static readonly Refusal StateForbids = new(RefusalKind.Conflict, "refund.state_forbids", "退费申请的当前状态不允许此操作", "the refund's state does not allow it", "state");
    public static readonly Refusal ReferenceUsed = new(RefusalKind.Conflict, "refund.reference_used", "该付款流水号已用于另一笔退费", "the reference paid out another refund", "reference");
    public static readonly Refusal ReferenceMissing = new(RefusalKind.Invalid, "refund.reference_missing", "缺少付款流水号，或超过64个字符", "the pay-out's reference is missing, or longer than 64 characters", "reference");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "refund.state_unknown", "状态须为proposed、approved、rejected、paid或all", "state is none of proposed, approved, rejected, paid, all", "state");
}
