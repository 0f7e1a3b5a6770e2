using MedInsure.Kernel;

namespace MedInsure.Enrollment.Deaths;

/// <summary>Why a death is not recorded or undone.</summary>
internal static class DeathRefusals
{
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "death.day_invalid", "死亡日期缺失、晚于今天或早于出生日期", "the day is missing, lies after today or before the birth", "died_on");
    public static readonly Refusal Recorded = new(RefusalKind.Conflict, "death.recorded_already", "该人员已登记死亡", "the person's death is recorded", "psn_no");
    public static readonly Refusal CreditsHomeless = new(RefusalKind.Precondition, "death.credits_homeless", "该人员死亡前没有参保期间，其后参保期间已有个人账户记入，须先更正参保", "no cover began before the death, and later cover holds credits: correct the cover first", "died_on");
    public static readonly Refusal FindingUnfit = new(RefusalKind.Precondition, "death.finding_unfit", "该比对问题不是此人的死亡问题或已处理", "the finding is not about this person's death, or is settled", "finding_no");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "death.unknown", "没有该死亡登记", "there is no such death", "death_no");
    public static readonly Refusal UndoneAlready = new(RefusalKind.Precondition, "death.undone_already", "该死亡登记已撤销", "the death was undone before", "death_no");
    public static readonly Refusal UndoingWaits = new(RefusalKind.Conflict, "death.undoing_waits", "该死亡登记已有待审批的撤销申请", "an undoing of this death waits for its approval", "death_no");
    public static readonly Refusal UndoingUnknown = new(RefusalKind.NotFound, "death.undoing_unknown", "没有该撤销申请", "there is no such undoing");
    public static readonly Refusal UndoingDecided = new(RefusalKind.Conflict, "death.undoing_decided", "该撤销申请已作出相反决定", "the undoing was decided otherwise");
}
