using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Credit;

internal static class CreditRefusals
{
    public static readonly Refusal GradeUnknown = new(RefusalKind.Invalid, "credit.grade_unknown", "信用等级无效", "There is no such grade", "grade");
    public static readonly Refusal ProviderUnknown = new(RefusalKind.NotFound, "credit.provider_unknown", "本县区没有此定点机构", "the county has no such provider", "fixmedins_code");
    public static readonly Refusal DayPast = new(RefusalKind.Precondition, "credit.day_past", "生效日期早于今日", "it would hold from a day that is past", "from_on");
    public static readonly Refusal GradeAnother = new(RefusalKind.Precondition, "credit.grade_another", "该机构在生效日的信用等级不是所报等级", "the provider's grade on that day is another", "grade");
    public static readonly Refusal GradeUnchanged = new(RefusalKind.Precondition, "credit.grade_unchanged", "该等级的保证金比例已确定", "the deposit of this grade holds already", "grade");
    public static readonly Refusal ProposalOpen = new(RefusalKind.Precondition, "credit.proposal_open", "该机构已有待复核的等级处理", "another proposal on this provider waits for its decision", "fixmedins_code");
    public static readonly Refusal ActUnknown = new(RefusalKind.NotFound, "credit.act_unknown", "没有此项等级处理", "there is no such act", "act_no");
    public static readonly Refusal AlreadyDecided = new(RefusalKind.Conflict, "credit.already_decided", "该项等级处理已有不同的复核结果", "the act was decided otherwise already", "act_no");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "credit.state_unknown", "状态须为proposed、approved或rejected", "states are proposed, approved, rejected", "state");
}
