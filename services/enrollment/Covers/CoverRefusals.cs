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
}
