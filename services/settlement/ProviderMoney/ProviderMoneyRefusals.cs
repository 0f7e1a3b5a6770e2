using MedInsure.Kernel;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>Refusals of what is paid to providers. The order of checks is that of each file.</summary>
internal static class ProviderMoneyRefusals
{
    public static readonly Refusal AccountInvalid = new(RefusalKind.Invalid, "provider_payment.account_invalid", "户名、开户行或账号缺失或无效", "The account's name, bank or number is missing or invalid", "account_no");
    public static readonly Refusal RateInvalid = new(RefusalKind.Invalid, "provider_payment.rate_invalid", "质量保证金比例须为1%至3%，取消为0", "The deposit's rate is 1 to 3 per cent, or 0 to end it", "rate");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "provider_payment.day_invalid", "日期无效", "The day is no day (yyyyMMdd)", "from_on");
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "provider_payment.month_invalid", "年月无效", "The month is no month (yyyyMM), or more than 24 are asked for", "month");
    public static readonly Refusal AmountInvalid = new(RefusalKind.Invalid, "provider_payment.amount_invalid", "金额须大于零，最多两位小数", "The amount is more than zero, with at most two decimals", "amount");
    public static readonly Refusal FundInvalid = new(RefusalKind.Invalid, "provider_payment.fund_invalid", "基金代码无效", "The fund is a code of 6 digits", "fund");
    public static readonly Refusal OffsetInvalid = new(RefusalKind.Invalid, "provider_payment.offset_invalid", "冲抵比例须大于0且不超过1", "The share offset by a statement is more than 0 and at most 1", "offset_share");
    public static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "provider_payment.reason_missing", "须写明原因，且不超过500字", "The reason is missing or longer than 500 characters", "reason");
    public static readonly Refusal ScoreInvalid = new(RefusalKind.Invalid, "provider_payment.score_invalid", "考核得分须为0至100", "The score is of a hundred", "score");
    public static readonly Refusal YearNotOver = new(RefusalKind.Precondition, "provider_payment.year_not_over", "年度尚未结束", "The year is not over", "year");
    public static readonly Refusal NothingHeld = new(RefusalKind.Precondition, "provider_payment.nothing_held", "该年度没有留存的质量保证金", "Nothing is withheld of the year, or all of it is decided", "year");
    public static readonly Refusal NothingPayable = new(RefusalKind.Precondition, "provider_payment.nothing_payable", "没有可支付的款项", "Nothing can be paid", "request_no");
    public static readonly Refusal FileUnknown = new(RefusalKind.NotFound, "provider_payment.file_unknown", "未找到付款文件", "No such payment file", "file_no");
    public static readonly Refusal FileChanged = new(RefusalKind.Precondition, "provider_payment.file_changed", "付款文件与留存摘要不符，请立即核查", "The file is not the one of the digest; look into it at once", "file_no");
    public static readonly Refusal ContentInvalid = new(RefusalKind.Invalid, "provider_payment.return_invalid", "回盘文件为空、过大或表头不符", "The bank's file is empty, too large, or its header is another", "content");
    public static readonly Refusal LineUnknown = new(RefusalKind.NotFound, "provider_payment.line_unknown", "未找到待处理的回盘记录", "No such line waits", "line");

    /// <summary>Which subject, and why not.</summary>
    public static Refusal NotPayable(string number) => new(RefusalKind.Precondition, "provider_payment.not_payable", $"{number}未审批、已付款、付款在途或无须付款", $"{number} is not approved, paid or on its way, or there is nothing to pay", "subjects");

    public static Refusal AccountMissing(string number) => new(RefusalKind.Precondition, "provider_payment.account_missing", $"{number}的收款账户未登记", $"No account is known for {number}", "subjects");

    /// <summary>Who pays has acted before.</summary>
    public static Refusal PayerActed(string number) => TwoPeople.SamePerson.At("prepared_by") with { Chinese = $"{number}的初审、复核、审批与付款须由不同人员完成", English = $"Who pays {number} may not have reviewed, prepared or approved it" };
}
