using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Statistics;

internal static class StatisticsRefusals
{
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "statistics.month_invalid", "月份须为yyyyMM，且不晚于本月", "the month is no yyyyMM, or has not begun", "month");
    public static readonly Refusal SubjectUnknown = new(RefusalKind.Invalid, "statistics.subject_unknown", "对象须为provider、department、doctor或person", "the subject is none of provider, department, doctor, person", "subject");
    public static readonly Refusal MeasureUnknown = new(RefusalKind.Invalid, "statistics.measure_unknown", "没有该指标，或不适用于该对象", "there is no such measure, or none of this subject", "measure");
    public static readonly Refusal ScoreInvalid = new(RefusalKind.Invalid, "statistics.score_invalid", "离散倍数须为1至100", "the score is not from 1 to 100", "score_min");
}
