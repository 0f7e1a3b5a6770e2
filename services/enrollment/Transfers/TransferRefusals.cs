using MedInsure.Kernel;

namespace MedInsure.Enrollment.Transfers;

/// <summary>Why a move to or from another pooling area is not recorded, in the order of the checks.</summary>
internal static class TransferRefusals
{
    public static readonly Refusal SchemeUnknown = new(RefusalKind.Invalid, "transfer.scheme_unknown", "险种代码无效", "is no national insutype", "insutype");
    public static readonly Refusal DirectionUnknown = new(RefusalKind.Invalid, "transfer.direction_unknown", "方向应为in或out", "the direction is neither in nor out", "direction");
    public static readonly Refusal AreaInvalid = new(RefusalKind.Invalid, "transfer.area_invalid", "对方统筹区应为六位行政区划代码", "the other area is no division code", "other_area");
    public static readonly Refusal SameArea = new(RefusalKind.Precondition, "transfer.same_area", "对方属于同一统筹区，无需转移接续", "the other place belongs to this pooling area", "other_area");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "transfer.day_invalid", "转移日期缺失或晚于今天", "the day is missing or lies after today", "transferred_on");
    public static readonly Refusal MonthsInvalid = new(RefusalKind.Invalid, "transfer.months_invalid", $"月数应为0至{MonthsMax}", $"months are 0 to {MonthsMax}", "paid_months");
    public static readonly Refusal AmountInvalid = new(RefusalKind.Invalid, "transfer.amount_invalid", "个人账户金额须为不小于零、最多两位小数的元", "the account's money is no number of yuan, not negative, with at most two decimals", "account");
    public static readonly Refusal NoAccount = new(RefusalKind.Invalid, "transfer.scheme_without_account", "该险种没有个人账户", "this insutype has no personal account", "account");
    public static readonly Refusal BillingSays = new(RefusalKind.Invalid, "transfer.billing_says", "转出的月数和账户金额由缴费系统出具，不得填报", "what goes with the person is billing's to say", "paid_months");
    public static readonly Refusal PersonDead = new(RefusalKind.Precondition, "transfer.person_dead", "该人员已登记死亡", "the person is dead", "psn_no");
    public static readonly Refusal NotInsured = new(RefusalKind.Precondition, "transfer.not_insured", "该人员截至转移日期没有该险种参保", "no cover of this scheme began by that day", "insutype");
    public static readonly Refusal Recorded = new(RefusalKind.Conflict, "transfer.recorded_already", "该转移已登记或待审批", "this move is recorded, or waits for its approval", "transferred_on");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "transfer.unknown", "没有该转移登记", "there is no such transfer");
    public static readonly Refusal Decided = new(RefusalKind.Conflict, "transfer.decided", "该转移已作出相反决定", "the transfer was decided otherwise");
    public static readonly Refusal NotApproved = new(RefusalKind.Precondition, "transfer.not_approved", "该转移尚未审批，不能出具凭证", "nobody has approved the transfer: there is no certificate");

    /// <summary>Fifty years (assumed: nobody is insured as an employee for longer).</summary>
    public const int MonthsMax = 600;
}
