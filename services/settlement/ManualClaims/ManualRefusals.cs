using MedInsure.Kernel;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>Refusals of paper bills. The order of checks is that of each file.</summary>
internal static class ManualRefusals
{
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "manual.unknown", "未找到零星报销", "No such paper bill", "claim_no");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "manual.state_unknown", "状态无效", "There is no such state", "state");
    public static readonly Refusal PersonMissing = new(RefusalKind.Invalid, "manual.person_missing", "缺少人员编号或险种", "The person or the scheme is missing", "psn_no");
    public static readonly Refusal ReasonUnknown = new(RefusalKind.Invalid, "manual.reason_unknown", "手工报销原因无效", "manl_reim_rea is none of 01 to 06, 08 and 99", "reason");
    public static readonly Refusal ProviderInvalid = new(RefusalKind.Invalid, "manual.provider_invalid", "机构须为定点机构编号，或名称、级别、所在区划及是否异地", "The provider is the code of a designated one, or name, level, division and whether off-site", "provider");
    public static readonly Refusal ProviderIsDesignated = new(RefusalKind.Precondition, "manual.provider_is_designated", "该机构为定点机构，请填机构编号", "A designated provider has this name or code; name it by its code alone", "provider");
    public static readonly Refusal ProviderNotDesignated = new(RefusalKind.Precondition, "manual.provider_not_designated", "本市非定点机构仅急诊费用可报销", "At a provider of the city without an agreement only an emergency is reimbursed", "provider");
    public static readonly Refusal VisitInvalid = new(RefusalKind.Invalid, "manual.visit_invalid", "就诊类别或起止日期无效", "The kind of visit or its days are wrong, or lie in the future", "visit");
    public static readonly Refusal InvoicesInvalid = new(RefusalKind.Invalid, "manual.invoices_invalid", "发票须为1至50张，编号不重复且有日期和金额", "1 to 50 invoices are needed, each once, with its day and amount", "invoices");
    public static readonly Refusal LinesInvalid = new(RefusalKind.Invalid, "manual.lines_invalid", "须填费用明细或分类合计之一，且日期、数量、金额有效", "Either lines or sums by category are needed, with days inside the visit and amounts of whole fen", "lines");
    public static readonly Refusal TotalMismatch = new(RefusalKind.Invalid, "manual.total_mismatch", "总额与发票合计不符", "The total is not the sum of the invoices", "total");
    public static readonly Refusal OtherPayerInvalid = new(RefusalKind.Invalid, "manual.other_payer_invalid", "其他支付方金额无效或缺少名称", "Another payer's part is no amount within the bill, or it is not said whose", "other_payer");
    public static readonly Refusal AccountInvalid = new(RefusalKind.Invalid, "manual.account_invalid", "收款账户须有户名、开户银行和6至34位账号", "The bank account needs a holder, a bank and a number of 6 to 34 digits or letters", "account");
    public static readonly Refusal AttachmentsInvalid = new(RefusalKind.Invalid, "manual.attachments_invalid", "附件须有名称、大小和SHA-256摘要，最多100件", "Attachments have a name, a size and a SHA-256; at most 100", "attachments");
    public static readonly Refusal AttachmentsMissing = new(RefusalKind.Precondition, "manual.attachments_missing", "没有附件，不能初审", "Nothing can be reviewed without an attachment", "claim_no");
    public static readonly Refusal TextTooLong = new(RefusalKind.Invalid, "manual.text_too_long", "文字超过200字", "A text is longer than 200 characters");
    public static readonly Refusal InvoiceUsed = new(RefusalKind.Conflict, "manual.invoice_used", "该机构的发票已报销或正在报销", "An invoice of this provider is being reimbursed, or was", "invoices");
    public static readonly Refusal InvoiceSettled = new(RefusalKind.Conflict, "manual.invoice_settled", "该发票的费用已在机构结算", "An invoice was settled at the provider's window", "invoices");
    public static readonly Refusal VisitSettled = new(RefusalKind.Conflict, "manual.visit_settled", "同一就诊已在机构结算", "The same visit was settled at the provider's window", "visit");
    public static readonly Refusal VisitClaimed = new(RefusalKind.Conflict, "manual.visit_claimed", "同一就诊已有零星报销", "The same visit is being reimbursed, or was", "visit");
    public static readonly Refusal NotInState = new(RefusalKind.Precondition, "manual.not_in_state", "目前的状态不允许此操作", "The bill is not in the state for this", "claim_no");
    public static readonly Refusal OtherPayerCovers = new(RefusalKind.Precondition, "manual.other_payer_covers", "基金与其他支付方之和超过总费用，请按扣除后的费用录入", "The funds and the other payer together would pay more than the bill; enter it less what the other payer bore", "other_payer");
    public static readonly Refusal AmountChanged = new(RefusalKind.Conflict, "manual.amount_changed", "审批金额与现时计算不符，请重新查询", "The amount approved is not what the funds pay now; read it again", "amount");
    public static readonly Refusal OnPaymentList = new(RefusalKind.Precondition, "manual.on_payment_list", "已列入支付清单，请先撤回清单", "Its money stands on a payment list; withdraw the list first", "claim_no");
    public static readonly Refusal Paid = new(RefusalKind.Precondition, "manual.paid", "已支付，不能撤销，请办理追回", "It is paid: it can be recovered, not taken back", "claim_no");
    public static readonly Refusal NotPaid = new(RefusalKind.Precondition, "manual.not_paid", "尚未支付，请办理撤销", "It is not paid: take it back instead", "claim_no");
}
