using MedInsure.Kernel;

namespace MedInsure.FraudAudit.PrescriptionReviews;

internal static class PrescriptionReviewRefusals
{
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "prescription.month_invalid", "月份须为已结束的yyyyMM", "the month is no yyyyMM that is over", "month");
    public static readonly Refusal ProviderInvalid = new(RefusalKind.Invalid, "prescription.provider_invalid", "缺少机构编码，或超过30个字符", "the provider's code is missing or longer than 30 characters", "fixmedins_code");
    public static readonly Refusal CareUnknown = new(RefusalKind.Invalid, "prescription.care_unknown", "类别须为outpatient（门急诊处方）或stay（住院医嘱）", "care is outpatient or stay", "care");
    public static readonly Refusal SizeInvalid = new(RefusalKind.Invalid, "prescription.size_invalid", "每名医师至少1至100张，比例0至1", "1 to 100 of each doctor's, and a share from 0 to 1", "per_doctor");
    public static readonly Refusal SeedInvalid = new(RefusalKind.Invalid, "prescription.seed_invalid", "随机种子须为1至64位字母或数字", "the seed is not 1 to 64 letters or digits", "seed");
    public static readonly Refusal DrawnAlready = new(RefusalKind.Conflict, "prescription.drawn_already", "该机构该月已抽取，不得重抽", "the provider's month has been drawn and is not drawn again", "month");
    public static readonly Refusal NothingToDraw = new(RefusalKind.Precondition, "prescription.nothing_to_draw", "该机构该月没有可点评的处方", "the provider has no prescription in the month", "month");
    public static readonly Refusal DrawUnknown = new(RefusalKind.NotFound, "prescription.draw_unknown", "没有该次抽取", "there is no such draw", "draw_no");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "prescription.unknown", "没有抽到该处方", "no such prescription was drawn", "prescription_no");
    public static readonly Refusal Reversed = new(RefusalKind.Precondition, "prescription.reversed", "该处方所在结算已撤销", "the prescription's bill was reversed", "prescription_no");
    public static readonly Refusal OutcomeUnknown = new(RefusalKind.Invalid, "prescription.outcome_unknown", "点评结论须为rational、irregular、unsuitable或extraordinary", "outcomes are rational, irregular, unsuitable, extraordinary", "outcome");
    public static readonly Refusal ReasonsInvalid = new(RefusalKind.Invalid, "prescription.reasons_invalid", "不合理处方须有本类原因，且没有更重一类的原因；合理处方没有原因", "an irrational prescription names a reason of its class and none of a graver one; a rational one none", "reasons");
    public static readonly Refusal LinesInvalid = new(RefusalKind.Invalid, "prescription.lines_invalid", "所列明细须为该处方的药品明细，不重复，金额为0至其政策范围内金额；不适宜和超常处方至少一条", "lines are the prescription's own, each once, with 0 to what was in scope; unsuitable and extraordinary ones name one at least", "lines");
    public static readonly Refusal TextInvalid = new(RefusalKind.Invalid, "prescription.text_invalid", "医师陈述缺失或超过1000个字符；放弃陈述的不填", "the statement is missing or longer than 1,000 characters; who waives it makes none", "text");
    public static readonly Refusal ToldInvalid = new(RefusalKind.Invalid, "prescription.told_invalid", "告知日期须为点评之日至今日", "the doctor is told between the day of review and today", "told_on");
    public static readonly Refusal ReceivedInvalid = new(RefusalKind.Invalid, "prescription.received_invalid", "收到日期须为告知之日至今日", "a statement comes between the day of telling and today", "received_on");
    public static readonly Refusal StatementLate = new(RefusalKind.Precondition, "prescription.statement_late", "已超过陈述期限", "the time for a statement is over", "received_on");
    public static readonly Refusal StatementGiven = new(RefusalKind.Conflict, "prescription.statement_given", "医师已陈述或放弃陈述", "the doctor has made a statement or waived it", "prescription_no");
    public static readonly Refusal NotHeard = new(RefusalKind.Precondition, "prescription.not_heard", "医师尚未陈述，且陈述期限未到", "the doctor has made no statement and still may", "prescription_no");
    public static readonly Refusal Graver = new(RefusalKind.Precondition, "prescription.graver_than_heard", "决定不得重于医师陈述所针对的点评；须退回重新点评", "the decision goes beyond what the doctor was heard on; return it to be reviewed again", "outcome");
    public static readonly Refusal NoPoints = new(RefusalKind.Precondition, "prescription.no_points", "该结论不记分，或未写明医师", "this outcome costs no points, or no doctor was named", "prescription_no");
    public static readonly Refusal ViolationUnfit = new(RefusalKind.Invalid, "prescription.violation_unfit", "该违规类别不适用于此结论", "the violation is none of this outcome", "violation");
    public static readonly Refusal PointsProposed = new(RefusalKind.Conflict, "prescription.points_proposed", "该处方已提请记分", "points have been proposed for it", "prescription_no");
    public static readonly Refusal NoMoney = new(RefusalKind.Precondition, "prescription.no_money", "没有已决定、尚未立案的违规金额", "there is no decided wrong money that is in no case yet", "draw_no");
    public static readonly Refusal FilterInvalid = new(RefusalKind.Invalid, "prescription.filter_invalid", "筛选条件无效", "the filter is none", "state");

    public static Refusal NotInState(string state) => new(RefusalKind.Precondition, "prescription.not_in_state", $"该处方处于{state}状态，不能进行此操作", $"the prescription is {state}", "prescription_no");
}
