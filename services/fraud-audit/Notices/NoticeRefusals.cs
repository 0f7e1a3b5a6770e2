using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Notices;

/// <summary>Refusals of what becomes of papers that left. The order of checks is that of each file.</summary>
internal static class NoticeRefusals
{
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "notice.unknown", "未找到该通知书", "No such notice", "notice_no");
    public static readonly Refusal KindUnknown = new(RefusalKind.Invalid, "notice.kind_unknown", "通知书类别无效", "There is no such kind of notice", "kind");
    public static readonly Refusal ServedBefore = new(RefusalKind.Conflict, "notice.served_before", "该通知书已登记送达", "The notice's service is recorded already", "notice_no");
    public static readonly Refusal ServedHowMissing = new(RefusalKind.Invalid, "notice.served_how_missing", "须写明送达方式或回执，且不超过200个字符", "How it was served, or the receipt, is missing or longer than 200 characters", "served_how");
    public static readonly Refusal ServedDayInvalid = new(RefusalKind.Invalid, "notice.served_on_invalid", "送达日期须在签发之日至今天之间（yyyy-MM-dd）", "The day of service lies between the notice's and today (yyyy-MM-dd)", "served_on");
    public static readonly Refusal NotPaid = new(RefusalKind.Precondition, "notice.not_paid", "该通知书不以缴款退回", "Nothing is paid for this notice", "notice_no");
    public static readonly Refusal PaymentInvalid = new(RefusalKind.Invalid, "notice.payment_invalid", "缴款金额、到账日期、收款渠道或银行流水号无效", "The payment's amount, day, channel or bank reference is invalid", "amount");
    public static readonly Refusal MoreThanIsOwed = new(RefusalKind.Precondition, "notice.more_than_is_owed", "缴款大于该通知书待退回金额", "More is paid than the notice still awaits", "amount");
    public static readonly Refusal NotBooked = new(RefusalKind.Unavailable, "notice.not_booked", "通知书尚未在结算登记，请稍后重试", "Settlement does not have the notice yet; try again shortly", "notice_no");
}
