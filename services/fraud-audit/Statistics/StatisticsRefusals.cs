using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Statistics;

internal static class StatisticsRefusals
{
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "statistics.month_invalid", "月份须为yyyyMM，且不晚于本月", "the month is no yyyyMM, or has not begun", "month");
    public static readonly Refusal SubjectUnknown = new(RefusalKind.Invalid, "statistics.subject_unknown", "对象须为provider、department、doctor或person", "the subject is none of provider, department, doctor, person", "subject");
    public static readonly Refusal RateSubjectUnknown = new(RefusalKind.Invalid, "statistics.rate_subject_unknown", "对象须为provider、department、doctor（开单医师）或reporter（报告医师）", "the subject is none of provider, department, doctor, reporter", "subject");
    public static readonly Refusal RateOff = new(RefusalKind.Precondition, "statistics.rate_off", "本县区当月未启用大型检查阳性率", "the county has switched the positive rate of large tests off for the month", "month");
    public static readonly Refusal NoLargeTests = new(RefusalKind.Precondition, "statistics.no_large_tests", "尚未导入大型检查项目的知识点", "no knowledge points say which items are large tests", "month");
    public static readonly Refusal MeasureUnknown = new(RefusalKind.Invalid, "statistics.measure_unknown", "没有该指标，或不适用于该对象", "there is no such measure, or none of this subject", "measure");
    public static readonly Refusal ScoreInvalid = new(RefusalKind.Invalid, "statistics.score_invalid", "离散倍数须为1至100", "the score is not from 1 to 100", "score_min");
}
