using MedInsure.Kernel;

namespace MedInsure.Billing.Payments;

/// <summary>Why money is not taken, or lies in suspense: the code is a suspense item's reason too.</summary>
internal static class PaymentRefusals
{
    // Of one person's due, in the order in which they are checked.
    public static readonly Refusal PersonUnknown = new(RefusalKind.NotFound, "payment.person_unknown", "查无此参保人", "there is no such person in this county", "psn_no");
    public static readonly Refusal PersonDead = new(RefusalKind.Precondition, "payment.person_dead", "该人员已登记死亡，不再收缴", "the person is dead: nothing is taken any more", "psn_no");
    public static readonly Refusal NotAssessed = new(RefusalKind.Precondition, "payment.not_assessed", "该人员在该险种年度没有应缴核定", "the person owes nothing that was assessed for this scheme and year", "psn_no");
    public static readonly Refusal PaidAlready = new(RefusalKind.Conflict, "payment.paid_already", "该人员该年度已缴清或无需缴费", "nothing is owed for the person and year any more", "psn_no");
    public static readonly Refusal WrongAmount = new(RefusalKind.Precondition, "payment.wrong_amount", "缴费金额与应缴金额不符", "the amount is not what is owed", "amount");
    public static readonly Refusal WindowClosed = new(RefusalKind.Precondition, "payment.window_closed", "不在该人员的缴费期内", "the person may not pay for this year on that day", "value_date");

    public static readonly Refusal AmountInvalid = new(RefusalKind.Invalid, "payment.amount_invalid", "金额须为大于零、最多两位小数的元", "the amount is no positive number of yuan with at most two decimals", "amount");
    public static readonly Refusal LinesInvalid = new(RefusalKind.Invalid, "payment.persons_invalid", $"须列明1至{PersonsMax}名不重复的参保人", $"1 to {PersonsMax} different persons are needed", "persons");
    public static readonly Refusal SumDiffers = new(RefusalKind.Invalid, "payment.sum_differs", "合计金额与各人金额之和不符", "the total is not the sum of the persons' amounts", "amount");
    public static readonly Refusal PayerMissing = new(RefusalKind.Invalid, "payment.payer_missing", "缺少缴款人，或超过100个字符", "the payer is missing, or longer than 100 characters", "payer");
    public static readonly Refusal ReferenceReused = new(RefusalKind.Conflict, "payment.reference_reused", "该流水号已登记为内容不同的款项", "the reference is recorded with other content", "reference");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "payment.day_invalid", "日期须为yyyy-MM-dd且不晚于今天", "the day is no yyyy-MM-dd, or lies in the future", "day");
    public static readonly Refusal ChannelInvalid = new(RefusalKind.Invalid, "payment.channel_invalid", "渠道代码须为1至20位小写字母或数字", "a channel's code has 1 to 20 small letters or digits", "channel");
    public static readonly Refusal PaymentUnknown = new(RefusalKind.NotFound, "payment.unknown", "没有该笔缴款", "there is no such payment", "payment_no");
    public static readonly Refusal ReceiptUnknown = new(RefusalKind.NotFound, "receipt.unknown", "没有该票据", "there is no such receipt", "receipt_no");

    public static readonly Refusal DayClosed = new(RefusalKind.Precondition, "counter.day_closed", "该收款员当日已日结，不能再收款", "the cashier's day is closed", "cashier");
    public static readonly Refusal CashDiffers = new(RefusalKind.Precondition, "counter.cash_differs", "实点现金与系统收款不符，须说明原因并由他人复核", "the counted cash is not what was taken: say why, and have another person approve", "counted");

    public static readonly Refusal VillageMissing = new(RefusalKind.Invalid, "village.missing", "缺少村（社区）代码，或超过20个字符", "the village is missing, or longer than 20 characters", "village");
    public static readonly Refusal HandInShort = new(RefusalKind.Precondition, "village.cash_short", "上缴现金少于名单合计，请按实缴人员重报名单", "the cash is less than the list: hand in the list of those whose money is here", "cash");
    public static readonly Refusal HandInOver = new(RefusalKind.Precondition, "village.cash_over", "上缴现金多于名单合计，须说明原因并由他人复核", "the cash is more than the list: say why, and have another person approve", "cash");

    public static readonly Refusal SuspenseUnknown = new(RefusalKind.NotFound, "suspense.unknown", "没有该笔待处理款", "there is no such suspense item", "suspense_no");
    public static readonly Refusal SuspenseSpent = new(RefusalKind.Precondition, "suspense.spent", "待处理款余额不足或正在退费", "less than that is left of the item, or a refund of it is under way", "amount");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "suspense.state_unknown", "状态须为open、done或all", "state is none of open, done, all", "state");

    public static readonly Refusal ChannelSilent = new(RefusalKind.Unauthenticated, "callback.not_authenticated", "回调签名无效或渠道未配置", "the callback's signature does not hold, or the channel is not configured");
    public static readonly Refusal CallbackStale = new(RefusalKind.Unauthenticated, "callback.stale", $"回调时间与当前相差超过{CallbackMinutes}分钟", $"the callback's time is more than {CallbackMinutes} minutes away", "x-channel-timestamp");
    public static readonly Refusal TransactionMissing = new(RefusalKind.Invalid, "callback.transaction_missing", "缺少渠道流水号，或超过64个字符", "the channel's transaction number is missing, or longer than 64 characters", "transaction_no");

    public const int PersonsMax = 1_000, CallbackMinutes = 5;
}
