using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Stock;

internal static class StockRefusals
{
    public const int MovementsMax = 1_000, TraceCodesMax = 1_000;

    public static readonly Refusal Missing = new(RefusalKind.Invalid, "stock.missing", "缺少进销存数据", "there are no movements");
    public static readonly Refusal TooMany = new(RefusalKind.Exhausted, "stock.too_many", $"一次不能超过{MovementsMax}条", $"more than {MovementsMax} movements at once");
    public static readonly Refusal KindUnknown = new(RefusalKind.Invalid, "stock.kind_unknown", "进销存数据类别未知", "the kind of movement is unknown", "kind");
    public static readonly Refusal KeyMissing = new(RefusalKind.Invalid, "stock.key_missing", "缺少批次流水号或医疗目录编码，或超过长度", "the number or the item's code is missing or too long", "fixmedins_bchno");
    public static readonly Refusal TextTooLong = new(RefusalKind.Invalid, "stock.text_too_long", "内容超过规定长度", "a text is longer than the interface has it", "memo");
    public static readonly Refusal QuantityInvalid = new(RefusalKind.Invalid, "stock.quantity_invalid", "数量须大于0（盘存可为0）", "a quantity is more than 0, of a count 0 or more", "cnt");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "stock.day_invalid", "日期无效", "a day is no day of the calendar", "manu_date");
    public static readonly Refusal InFuture = new(RefusalKind.Invalid, "stock.in_future", "时间晚于当前时间", "it lies in the future", "inv_chg_time");
    public static readonly Refusal KeyTaken = new(RefusalKind.Conflict, "stock.key_taken", "该批次流水号已上传过不同内容，须先删除（3507）", "the number came before with other content; 3507 takes it back first", "fixmedins_bchno");
    public static readonly Refusal TypeUnknown = new(RefusalKind.Invalid, "stock.type_unknown", "进销存数据类型须为1至4", "the type of data is 1 to 4", "inv_data_type");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "stock.unknown", "未找到本机构该批次流水号的数据", "the provider has no movement of this number", "fixmedins_bchno");

    public static readonly Refusal KindFilterUnknown = new(RefusalKind.Invalid, "stock.kind_filter_unknown", "类别须为count、change、purchase、purchase_return、sale或sale_return", "kinds are count, change, purchase, purchase_return, sale, sale_return", "kind");
    public static readonly Refusal BalanceNeedsProvider = new(RefusalKind.Invalid, "stock.provider_missing", "须指定定点机构和起止日期，日期跨度不超过366天", "a provider and days at most 366 apart are needed", "fixmedins_code");
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "stock.month_invalid", "月份格式须为yyyy-MM，且不晚于本月", "a month is yyyy-MM, not after this one", "month");
}
