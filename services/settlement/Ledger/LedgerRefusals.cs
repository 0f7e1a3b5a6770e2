using MedInsure.Kernel;

namespace MedInsure.Settlement.Ledger;

/// <summary>Refusals of the ledger's use cases. The order of checks is that of each file.</summary>
internal static class LedgerRefusals
{
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "ledger.day_invalid", "日期无效或晚于今日", "The day is no day (yyyy-MM-dd) or has not come yet", "day");
    public static readonly Refusal DayNotOver = new(RefusalKind.Precondition, "ledger.day_not_over", "当日尚未结束，不能日结", "The day is not over and cannot be closed", "day");
    public static readonly Refusal DayClosed = new(RefusalKind.Precondition, "ledger.day_closed", "该日已日结，不得记账", "The day is closed: nothing is booked on it any more", "booked_on");
    public static readonly Refusal ClosingUnknown = new(RefusalKind.NotFound, "ledger.closing_unknown", "未找到该日日结", "The ledger was not closed on this day", "day");
    public static readonly Refusal IncomeMissing = new(RefusalKind.Precondition, "ledger.income_missing", "有收入未入账，不能日结", "An income before the last one is not booked: its message has not come, or waits in the error queue", "day");
    public static readonly Refusal SettlementsUnbalanced = new(RefusalKind.Precondition, "ledger.settlements_unbalanced", "结算分录借贷不平，请立即核查", "Entries of settlements do not balance; look into it at once", "day");
    public static readonly Refusal EntriesInvalid = new(RefusalKind.Invalid, "ledger.entries_invalid", "分录须为2至200条，且科目、金额有效", "2 to 200 entries are needed, each with a known purpose, a debit or a credit, and texts of at most 100 characters", "entries");
    public static readonly Refusal Unbalanced = new(RefusalKind.Invalid, "ledger.unbalanced", "借贷不平", "Debits and credits differ", "entries");
    public static readonly Refusal MemoMissing = new(RefusalKind.Invalid, "ledger.memo_missing", "须写明摘要", "The memo is missing or longer than 500 characters", "memo");
    public static readonly Refusal EffectLater = new(RefusalKind.Invalid, "ledger.effective_later", "业务日期不得晚于记账日期", "What is booked takes effect on its day or before", "effective_on");
    public static readonly Refusal VoucherUnknown = new(RefusalKind.NotFound, "ledger.voucher_unknown", "未找到凭证", "No such voucher", "voucher_no");
    public static readonly Refusal SplitNotStated = new(RefusalKind.Precondition, "ledger.split_not_stated", "政策未规定该险种该年度的基金划分", "The scheme's pack does not say how the year's money is split", "insutype");
    public static readonly Refusal YearInvalid = new(RefusalKind.Invalid, "ledger.year_invalid", "年度无效", "The year is out of range", "year");
    public static readonly Refusal HeadsInvalid = new(RefusalKind.Invalid, "ledger.heads_invalid", "人数无效", "The number of persons is out of range", "heads");
    public static readonly Refusal PremiumAboveRevenue = new(RefusalKind.Precondition, "ledger.premium_above_revenue", "大病保险保费超过可用收入", "The critical illness premium is more than the revenue that is left", "heads");
    public static readonly Refusal NothingToSplit = new(RefusalKind.Precondition, "ledger.nothing_to_split", "没有需要划分的收入", "All revenue of the year is split already", "year");
}
