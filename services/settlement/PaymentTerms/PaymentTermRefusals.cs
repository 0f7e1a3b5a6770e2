using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>Refusals of agreed terms, their group tables and their months. The order of checks is that of each file.</summary>
internal static class PaymentTermRefusals
{
    public static readonly Refusal MethodUnknown = new(RefusalKind.Invalid, "payment_terms.method_unknown", "未知的付费方式", "No such payment method", "method");
    public static readonly Refusal FundInvalid = new(RefusalKind.Invalid, "payment_terms.fund_invalid", "险种应为三位、基金应为六位数字，且基金须属于该险种", "Insurance (three digits) or fund (six digits that begin with the insurance's) is malformed", "fund");
    public static readonly Refusal AccountHasNoMethod = new(RefusalKind.Invalid, "payment_terms.account_fund", "个人账户支付部分按实结算，不适用付费方式", "Personal accounts pay what was settled: they have no method", "fund");
    public static readonly Refusal MonthsInvalid = new(RefusalKind.Invalid, "payment_terms.months_invalid", "起止月份无效，且须在同一年度内", "Months (yyyyMM) are malformed, out of order or not of one year", "from_month");
    public static readonly Refusal ProvidersInvalid = new(RefusalKind.Invalid, "payment_terms.providers_invalid", "机构名单应为1至500家不重复的机构", "1 to 500 distinct providers are needed", "providers");
    public static readonly Refusal AgreementMissing = new(RefusalKind.Invalid, "payment_terms.agreement_missing", "缺少协议编号", "The agreement's number is missing or longer than 100 characters", "agreement_no");
    public static readonly Refusal TermsMissing = new(RefusalKind.Invalid, "payment_terms.terms_missing", "缺少付费方式的约定内容", "The method's figures are missing", "terms");
    public static readonly Refusal GroupTableUnknown = new(RefusalKind.NotFound, "payment_terms.group_table_unknown", "未找到病组表", "No such group table", "terms.group_table");
    public static readonly Refusal GroupTableIncomplete = new(RefusalKind.Precondition, "payment_terms.group_table_incomplete", "病组表缺少兜底病组（诊断与手术均为空）", "The group table has no group for what fits no other: one without diagnosis and operation",
        "terms.group_table");
    public static readonly Refusal GroupTableExists = new(RefusalKind.Conflict, "payment_terms.group_table_exists", "该病组表已存在，不得更改", "The group table exists with other content: a table never changes", "table");
    public static readonly Refusal TableNumberInvalid = new(RefusalKind.Invalid, "payment_terms.table_invalid", "病组表编号无效", "A group table's number has 1 to 40 letters, digits, - and _", "table");
    public static readonly Refusal TermUnknown = new(RefusalKind.NotFound, "payment_terms.unknown", "未找到付费约定", "No such payment terms", "term");
    public static readonly Refusal NotDrafted = new(RefusalKind.Precondition, "payment_terms.not_drafted", "该付费约定不处于待批准状态", "The payment terms are approved or withdrawn already", "term");
    public static readonly Refusal NotApproved = new(RefusalKind.Precondition, "payment_terms.not_approved", "该付费约定未获批准或已终止", "The payment terms are not approved, or end early already", "term");
    public static readonly Refusal EndingInvalid = new(RefusalKind.Invalid, "payment_terms.ending_invalid", "终止月份应在约定起止月份之间且早于原终止月份", "Terms end early with one of their months before the last", "last_month");
    public static readonly Refusal MonthStands = new(RefusalKind.Precondition, "payment_terms.month_stands", "该时段已有月份完成结算，不能追溯", "A statement was made of one of these months: what is agreed now cannot reach back", "from_month");
    public static readonly Refusal StateInvalid = new(RefusalKind.Invalid, "payment_terms.state_invalid", "未知的状态", "No such state", "state");
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "payment_terms.month_invalid", "月份无效", "The month is no yyyyMM (yyyy13: the year's settlement), or has not begun", "month");

    public static Refusal FigureInvalid(string path, string chinese, string english) => new(RefusalKind.Invalid, "payment_terms.figure_invalid", $"{path}{chinese}", $"{path} {english}", path);

    /// <summary>Two methods for one claim: with the terms that are in the way.</summary>
    public static Refusal Overlaps(string termNo) => new(RefusalKind.Conflict, "payment_terms.overlaps", $"与付费约定{termNo}在同一时段覆盖相同的结算", $"Some claims of these months are under {termNo}", "scope");

    public static Refusal ProviderUnknown(string code) => new(RefusalKind.Invalid, "payment_terms.provider_unknown", $"{code}不是本统筹区的定点机构", $"{code} is no provider of this county", "providers");
}
