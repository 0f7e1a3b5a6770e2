using MedInsure.Kernel;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>Refusals of a provider's reconciliation. The order of checks is that of each file.</summary>
internal static class ReconciliationRefusals
{
    public static readonly Refusal DaysReversed = new(RefusalKind.Invalid, "reconciliation.days_reversed", "对账结束日期不能早于开始日期", "The period ends before it starts", "stmt_enddate");
    public static Refusal PeriodTooLong(int days) => new(RefusalKind.Invalid, "reconciliation.period_too_long", $"对账期间不能超过{days}天", $"The period is longer than {days} days", "stmt_enddate");
    public static readonly Refusal FlagUnknown = new(RefusalKind.Invalid, "reconciliation.refund_flag_unknown", "退费结算标志须为0、1或空", "refd_setl_flag is 0, 1 or empty", "refd_setl_flag");
    public static readonly Refusal DeclaredMissing = new(RefusalKind.Invalid, "reconciliation.declared_missing", "缺少对账合计", "The provider's own sums are missing", "fixmedins_setl_cnt");

    public static readonly Refusal FileEmpty = new(RefusalKind.Invalid, "provider_file.empty", "文件内容不能为空", "The file is empty", "in");
    public static Refusal FileTooLarge(int bytes) => new(RefusalKind.Exhausted, "provider_file.too_large", $"文件超过{bytes >> 20}MiB，请按清算类别或日期拆分", $"The file is larger than {bytes >> 20} MiB; split it by clearing type or days", "in");
    public static readonly Refusal FileNameInvalid = new(RefusalKind.Invalid, "provider_file.name_invalid", "文件名须为1至200个字符，不含路径", "The file's name has 1 to 200 characters and no path", "filename");
    public static Refusal FilesTooMuch(int bytes) => new(RefusalKind.Exhausted, "provider_file.too_much", $"未过期的文件合计超过{bytes >> 20}MiB，请等待旧文件过期", $"The provider's files that have not expired exceed {bytes >> 20} MiB", "in");
    public static readonly Refusal FileUnknown = new(RefusalKind.NotFound, "provider_file.unknown", "未找到该文件查询号，或文件已过期", "No such file of this provider in this county, or it expired", "file_qury_no");
    public static readonly Refusal OffsetInvalid = new(RefusalKind.Invalid, "provider_file.offset_invalid", "读取位置超出文件", "The offset lies outside the file", "offset");

    public static readonly Refusal NotAZip = Of("reconciliation.file_not_zip", "不是有效的zip压缩文件，或文件已损坏", "The file is no zip, or damaged");
    public static readonly Refusal NotOneText = Of("reconciliation.file_entries", "压缩文件中应有且只有一个文本文件", "The zip must hold exactly one text file");
    public static Refusal UnpackedTooLarge(int bytes) => Of("reconciliation.file_unpacked_too_large", $"明细文件解压后超过{bytes >> 20}MiB", $"The text is larger than {bytes >> 20} MiB unpacked", RefusalKind.Exhausted);
    public static Refusal TooManyRows(int rows) => Of("reconciliation.too_many_rows", $"一次对账不能超过{rows}行，请按清算类别或日期拆分", $"More than {rows} rows on one side; split by clearing type or days", RefusalKind.Exhausted);

    public static Refusal BadHeader(string expected) => Row(1, "reconciliation.file_bad_header", $"表头应为{expected}", "the first line is neither a row nor the header");
    public static Refusal NotUtf8(int line) => Row(line, "reconciliation.file_not_utf8", "不是UTF-8编码", "not UTF-8");
    public static Refusal WrongColumns(int line, int expected, int found) => Row(line, "reconciliation.file_columns", $"应有{expected}列（制表符分隔），实有{found}列", $"{expected} columns expected, {found} found");
    public static Refusal FieldMissing(int line, string field) => Row(line, "reconciliation.file_field_missing", $"{field}不能为空", $"{field} is missing");
    public static Refusal FieldInvalid(int line, string field) => Row(line, "reconciliation.file_field_invalid", $"{field}过长或含有不允许的字符", $"{field} is too long or holds characters that are not allowed");
    public static Refusal NotAnAmount(int line, string field) => Row(line, "reconciliation.file_not_amount", $"{field}不是金额", $"{field} is not an amount");
    public static Refusal TooPrecise(int line, string field) => Row(line, "reconciliation.file_too_precise", $"{field}小数不能超过2位", $"{field} has more than two decimals");
    public static Refusal TooLarge(int line, string field) => Row(line, "reconciliation.file_amount_too_large", $"{field}超出数值范围", $"{field} is out of range");
    public static Refusal BadFlag(int line) => Row(line, "reconciliation.file_bad_flag", "refd_setl_flag须为0或1", "refd_setl_flag is 0 or 1");
    public static Refusal Repeated(int line, int before) => Row(line, "reconciliation.file_row_repeated", $"与第{before}行重复", $"the same row as line {before}");
    public static Refusal OtherCounty(int line, string county) => Row(line, "reconciliation.file_row_other_county", $"结算ID(setl_id)不是{county}的结算，请按结算经办机构分别对账", $"setl_id was not issued by {county}; reconcile each county with its own file");

    public static Refusal DeclaredCount(long declared, long file) => new(RefusalKind.Invalid, "reconciliation.declared_count_differs", $"申报笔数{declared}与明细文件{file}行不符", $"{declared} rows declared, the file has {file}", "fixmedins_setl_cnt");
    public static Refusal DeclaredAmount(string name, string field, Fen declared, Fen file) =>
        new(RefusalKind.Invalid, "reconciliation.declared_amount_differs", $"申报{name}{declared}与明细文件合计{file}不符", $"{field} declared {declared}, the file sums to {file}", field);

    private static Refusal Of(string code, string chinese, string english, RefusalKind kind = RefusalKind.Invalid) => new(kind, code, chinese, english, "file_qury_no");
    private static Refusal Row(int line, string code, string chinese, string english) => Of(code, $"明细文件第{line}行：{chinese}", $"Line {line} of the file: {english}");
}
