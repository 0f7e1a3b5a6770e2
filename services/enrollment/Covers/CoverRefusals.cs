using MedInsure.Kernel;

namespace MedInsure.Enrollment.Covers;

/// <summary>Why nobody is enrolled, or no cover is opened; of a paid contribution the refusal's code is the finding's kind.</summary>
internal static class CoverRefusals
{
    public static readonly Refusal WindowClosed = new(RefusalKind.Precondition, "cover.window_closed", "不在规定的参保缴费期内", "no enrolment window of this kind of person holds the day");
    public static readonly Refusal NoDayLeft = new(RefusalKind.Precondition, "cover.no_day_left", "等待期满时参保年度已结束", "the waiting days end after the covered year");
    public static readonly Refusal PersonUnknown = new(RefusalKind.Precondition, "cover.person_unknown", "查无此参保人", "there is no such person in this county");
    public static readonly Refusal PersonDead = new(RefusalKind.Precondition, "cover.person_dead", "该人员已登记死亡", "the person is registered as dead", "psn_no");
    public static readonly Refusal NotEnrolled = new(RefusalKind.Precondition, "cover.not_enrolled", "该人员未登记参加该险种", "the person is neither enrolled in the scheme nor was covered by it");
    public static readonly Refusal OtherScheme = new(RefusalKind.Precondition, "cover.other_scheme", "该期间已参加其他基本医疗保险", "another basic scheme covers days of the period", "insutype");
    public static readonly Refusal SchemeWithoutTerms = new(RefusalKind.Precondition, "cover.scheme_without_terms", "该险种没有缴费政策", "the county has no contribution terms for the scheme", "insutype");
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "cover.month_invalid", "月份无效", "no month yyyyMM", "period");
    public static readonly Refusal NoFlexibleWorker = new(RefusalKind.Precondition, "cover.no_flexible_worker", "该人员该月没有灵活就业参保登记", "the person is not enrolled as a flexible worker in that month", "period");
    public static readonly Refusal PaidAfterTheMonth = new(RefusalKind.Precondition, "cover.paid_after_the_month", "该月缴费晚于当月，只计缴费年限，不补享待遇", "paid after the month: it counts towards the years and covers nothing", "paid_on");

    public static readonly Refusal ContributionUnknown = new(RefusalKind.NotFound, "cover.contribution_unknown", "没有该缴费记录", "there is no such contribution", "period");
    public static readonly Refusal NothingToOpen = new(RefusalKind.Precondition, "cover.nothing_to_open", "该缴费已退费或已参保，无需重新办理", "the contribution was paid back, or has opened its cover", "period");
    public static readonly Refusal GrantKindUnknown = new(RefusalKind.Invalid, "grant.kind_unknown", "种类应为grant或end", "the kind is neither grant nor end", "kind");
    public static readonly Refusal NotGranted = new(RefusalKind.Precondition, "grant.scheme_needs_contributions", "该险种须缴费参保，不能由经办机构直接登记", "this scheme is paid for; the agency does not give it", "insutype");
    public static readonly Refusal GrantDaysInvalid = new(RefusalKind.Invalid, "grant.days_invalid", "待遇起止日期缺失、颠倒或早于出生日期", "the days are missing, reversed or before the birth", "from_on");
    public static readonly Refusal GrantWaits = new(RefusalKind.Conflict, "grant.waits_already", "该人员该险种已有待审批的申请", "a grant of this person and scheme waits for its approval", "psn_no");
    public static readonly Refusal GrantUnknown = new(RefusalKind.NotFound, "grant.unknown", "没有该申请", "there is no such grant");
    public static readonly Refusal GrantDecided = new(RefusalKind.Conflict, "grant.decided", "该申请已作出相反决定", "the grant was decided otherwise");
    public static readonly Refusal NothingToEnd = new(RefusalKind.Precondition, "grant.nothing_to_end", "该人员这些日期没有该险种待遇", "the scheme covers the person on none of these days", "from_on");
}
