using MedInsure.Kernel;

namespace MedInsure.Billing.Reconciliation;

/// <summary>Refusals about banks, their files and what is found in them.</summary>
internal static class BankRefusals
{
    public static readonly Refusal AccountInvalid = new(RefusalKind.Invalid, "consent.account_invalid", "账号须为6至32位数字，户名不得为空或超过100个字符", "an account has 6 to 32 digits, and a name of at most 100 characters", "account_no");
    public static readonly Refusal ConsentStands = new(RefusalKind.Conflict, "consent.stands", "该人员已有有效的代扣授权，须先撤销", "the person has a consent that stands: withdraw it first", "psn_no");
    public static readonly Refusal ConsentUnknown = new(RefusalKind.NotFound, "consent.unknown", "没有该代扣授权", "there is no such consent", "consent_no");
    public static readonly Refusal ConsentWithdrawn = new(RefusalKind.Conflict, "consent.withdrawn", "该代扣授权已撤销", "the consent is withdrawn already", "consent_no");
    public static readonly Refusal NobodyToDeduct = new(RefusalKind.Precondition, "batch.nobody", "没有可代扣的人员", "nobody who consented owes anything that is not under way already");
    public static readonly Refusal BatchUnknown = new(RefusalKind.NotFound, "batch.unknown", "没有该代扣批次", "there is no such batch", "batch_no");
    public static readonly Refusal BatchReturned = new(RefusalKind.Precondition, "batch.returned", "该代扣批次已回盘，无需关闭", "the bank has answered the batch already", "batch_no");
    public static readonly Refusal BatchClosed = new(RefusalKind.Conflict, "batch.closed", "该代扣批次已关闭", "the batch is closed already", "batch_no");
    public static readonly Refusal FileEmpty = new(RefusalKind.Invalid, "bank_file.header_invalid", "文件首行不是规定的格式，或不属于本县区", "the file's first line is not of a known form, or of another county", "line 1");
    public static readonly Refusal FileCut = new(RefusalKind.Invalid, "bank_file.cut", "文件缺少结束行，或行数、金额与结束行不符：文件可能被截断", "the trailer is missing, or its count or sum differs: the file may have been cut", "trailer");
    public static readonly Refusal RowInvalid = new(RefusalKind.Invalid, "bank_file.row_invalid", "文件中有不符合格式的行", "a line is not of the documented form");
    public static readonly Refusal FileTooLarge = new(RefusalKind.Exhausted, "bank_file.too_large", "文件超过64MB", "the file is larger than 64 MB");
    public static readonly Refusal FindingUnknown = new(RefusalKind.NotFound, "finding.unknown", "没有该差异", "there is no such finding", "finding_no");
    public static readonly Refusal FindingClosed = new(RefusalKind.Conflict, "finding.closed", "该差异已处理或已消失", "the finding is resolved or gone already", "finding_no");
}
