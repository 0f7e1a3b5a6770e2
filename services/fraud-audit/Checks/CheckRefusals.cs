using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Checks;

internal static class CheckRefusals
{
    public const int LinesMax = 2_000, FeedbackMax = 500, ReasonMax = 500;

    public static readonly Refusal StageUnknown = new(RefusalKind.Invalid, "check.stage_unknown", "审核阶段须为事前或事中", "the stage is before or during", "stage");
    public static readonly Refusal ClaimMissing = new(RefusalKind.Invalid, "check.claim_missing", "缺少待审核的人员编号或明细", "the person's number or the lines to be checked are missing", "claim");
    public static readonly Refusal TooLarge = new(RefusalKind.Exhausted, "check.too_large", $"一次审核不能超过{LinesMax}条明细", $"more than {LinesMax} lines at once", "claim");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "check.day_invalid", "就诊日期、出生日期或明细日期无效", "the visit's day, the day of birth or a line's day is no day", "claim");

    public static readonly Refusal FeedbackMissing = new(RefusalKind.Invalid, "feedback.missing", "缺少反馈内容", "there is no feedback", "warns");
    public static readonly Refusal FeedbackTooMany = new(RefusalKind.Exhausted, "feedback.too_many", $"一次反馈不能超过{FeedbackMax}条", $"more than {FeedbackMax} rows of feedback at once", "warns");
    public static readonly Refusal ChoiceUnknown = new(RefusalKind.Invalid, "feedback.choice_unknown", "处理方式须为1（继续执行）或2（返回修改）", "the choice is 1 (goes on) or 2 (changed)", "dspo_way");
    public static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "feedback.reason_missing", "继续执行须说明原因", "an order that stays needs a reason", "dspo_way_rea");
    public static readonly Refusal ReasonTooLong = new(RefusalKind.Invalid, "feedback.reason_too_long", $"处理原因不能超过{ReasonMax}个字符", $"the reason is longer than {ReasonMax} characters", "dspo_way_rea");
    public static readonly Refusal FindingUnknown = new(RefusalKind.NotFound, "feedback.finding_unknown", "未找到本机构的该条审核结果", "no such finding of a check of this provider", "warn_rslt_id");

    public static readonly Refusal ChoiceFilterUnknown = new(RefusalKind.Invalid, "checks.choice_unknown", "处理方式须为1、2或none", "the choice is 1, 2 or none", "choice");
}
