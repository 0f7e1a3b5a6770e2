using MedInsure.Kernel;

namespace MedInsure.Settlement.AuditNotices;

/// <summary>Refusals of what fraud-audit's notices book. The order of checks is that of each file.</summary>
internal static class AuditNoticeRefusals
{
    public static readonly Refusal NumberInvalid = new(RefusalKind.Invalid, "audit_notice.number_invalid", "通知书编号缺失或超过30个字符", "The number is missing or longer than 30 characters", "notice_no");
    public static readonly Refusal NumberReused = new(RefusalKind.Conflict, "audit_notice.number_reused", "该编号已用于内容不同的登记", "The number came before with other content", "notice_no");
    public static readonly Refusal DebtorInvalid = new(RefusalKind.Invalid, "audit_notice.debtor_invalid", "须写明医药机构或参保人之一，参保人只能以缴款退回", "Either a provider or a person owes it, and a person pays", "fixmedins_code");
    public static readonly Refusal AmountInvalid = new(RefusalKind.Invalid, "audit_notice.amount_invalid", "金额须大于零", "The amount is more than zero", "amount_fen");
    public static readonly Refusal FundMissing = new(RefusalKind.Invalid, "audit_notice.fund_missing", "以缴款退回的须写明基金（6位代码），扣款的不填", "What is paid belongs to a fund (six digits); what is deducted names none", "fund");
    public static readonly Refusal TextInvalid = new(RefusalKind.Invalid, "audit_notice.text_invalid", "须写明原因（不超过500字）和证据编号（不超过200字）", "The reason (at most 500 characters) or the evidence (at most 200) is missing or too long", "reason");
    public static readonly Refusal SettlementsInvalid = new(RefusalKind.Invalid, "audit_notice.settlements_invalid", "所涉结算最多1000笔，且不得重复或为空", "At most 1,000 settlements are named, each once", "setl_id");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "audit_notice.day_invalid", "到账日期无效或晚于今天", "The day is none, or in the future", "received_on");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "audit_notice.unknown", "未找到该通知书", "No such notice", "notice_no");
    public static readonly Refusal IsDeducted = new(RefusalKind.Precondition, "audit_notice.is_deducted", "该通知书由结算单扣款，不收缴款", "The notice is deducted from statements; nothing is paid for it", "notice_no");
    public static readonly Refusal StatementInReview = new(RefusalKind.Precondition, "audit_notice.statement_in_review", "扣款所在结算单正在复核或审批，待其批准或退回后再办", "The statement that has the deduction is neither approved nor sent back; try again after that", "notice_no");

    public static readonly Refusal CountyInvalid = new(RefusalKind.Invalid, "audit_notice.county_invalid", "须写明另一县区，且只能从医药机构结算款中扣回", "The home county is another one, and only a provider's money is deducted for it", "home_county");

    /// <summary>With what is left.</summary>
    public static Refusal MoreThanIsLeft(long leftFen) =>
        new(RefusalKind.Precondition, "audit_notice.more_than_is_left", $"金额大于该通知书余额{new Fen(leftFen)}", $"The amount is more than what is left of the notice, {new Fen(leftFen)}", "amount_fen");
}
