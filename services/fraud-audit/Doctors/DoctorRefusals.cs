using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Doctors;

internal static class DoctorRefusals
{
    public static readonly Refusal KindUnknown = new(RefusalKind.Invalid, "doctor_act.kind_unknown", "类别须为deduct、return、suspend、restore或terminate", "kinds are deduct, return, suspend, restore, terminate", "kind");
    public static readonly Refusal DoctorMissing = new(RefusalKind.Invalid, "doctor_act.doctor_missing", "缺少医师编码，或超过30个字符", "the doctor's code is missing or longer than 30 characters", "doctor_code");
    public static readonly Refusal DoctorUnknown = new(RefusalKind.NotFound, "doctor_act.doctor_unknown", "本市医保医师名录中无此医师", "the city's register has no such doctor", "doctor_code");
    public static readonly Refusal ViolationUnknown = new(RefusalKind.Invalid, "doctor_act.violation_unknown", "没有此违规类别", "there is no such kind of violation", "violation");
    public static readonly Refusal DayInFuture = new(RefusalKind.Invalid, "doctor_act.day_in_future", "违规日期晚于今日", "the violation lies in the future", "from_on");
    public static readonly Refusal EndInvalid = new(RefusalKind.Invalid, "doctor_act.end_invalid", "仅暂停可以有结束日期，且不早于开始日期", "only a suspension has a last day, not before its first", "to_on");
    public static readonly Refusal NotReturnable = new(RefusalKind.Precondition, "doctor_act.not_returnable", "所指记分未生效、不属于该医师或已返还", "the points named do not stand, are another doctor's or were given back", "of_act_no");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "doctor_act.unknown", "没有此项医师处理", "there is no such act", "act_no");
    public static readonly Refusal AlreadyDecided = new(RefusalKind.Conflict, "doctor_act.already_decided", "该项处理已有不同的复核结果", "the act was decided otherwise already", "act_no");
    public static readonly Refusal NotRefused = new(RefusalKind.Precondition, "doctor_act.not_refused", "该项处理未被医师名录退回", "the register has not refused this act", "act_no");
    public static readonly Refusal Overtaken = new(RefusalKind.Precondition, "doctor_act.overtaken", "该医师之后的处理已告知医师名录，此项只能放弃", "a later act on this doctor was told; this one can only be given up", "act_no");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "doctor_act.state_unknown", "状态须为proposed、approved或rejected", "states are proposed, approved, rejected", "state");
    public static readonly Refusal YearInvalid = new(RefusalKind.Invalid, "doctor_act.year_invalid", "年度无效", "the year is none", "year");
}
