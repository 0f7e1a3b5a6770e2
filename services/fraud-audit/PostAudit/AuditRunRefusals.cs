using MedInsure.Kernel;

namespace MedInsure.FraudAudit.PostAudit;

internal static class AuditRunRefusals
{
    public const int MonthsMax = 36;

    public static readonly Refusal MonthsInvalid = new(RefusalKind.Invalid, "run.months_invalid", $"起止月份格式须为yyyy-MM，起月不晚于止月且不超过{MonthsMax}个月", $"months are yyyy-MM, in order and at most {MonthsMax}", "from_month");
    public static readonly Refusal MonthNotBegun = new(RefusalKind.Precondition, "run.month_not_begun", "止月尚未开始", "the last month has not begun", "to_month");
    public static readonly Refusal RuleUnknown = new(RefusalKind.Invalid, "run.rule_unknown", "没有此编号的规则", "no rule of this release has the number", "rules");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "run.unknown", "没有该批次", "there is no such run", "run_no");
    public static readonly Refusal NotDone = new(RefusalKind.Precondition, "run.not_done", "该批次尚未完成", "the run is not done");
    public static readonly Refusal NotOpen = new(RefusalKind.Precondition, "run.not_open", "该批次已生效或已作废", "the run was applied or dropped before");
    public static readonly Refusal RulesChanged = new(RefusalKind.Precondition, "run.rules_changed", "批次完成后规则已变更，请重新运行", "the rules have changed since the run; run again");
    public static readonly Refusal KindUnknown = new(RefusalKind.Invalid, "run.difference_unknown", "差异类别须为added、gone、changed或same", "a difference is added, gone, changed or same", "kind");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "run.state_unknown", "状态不在取值范围内", "no run has this state", "state");
}
