using MedInsure.Kernel;

namespace MedInsure.FraudAudit.RuleSettings;

internal static class RuleSettingRefusals
{
    public static readonly Refusal RuleUnknown = new(RefusalKind.NotFound, "rule.unknown", "没有此编号的规则", "there is no rule of this number", "rule");
    public static readonly Refusal StageUnknown = new(RefusalKind.Invalid, "rule.stage_unknown", "阶段须为before、during、after，且至少一个", "stages are before, during, after, at least one", "stages");
    public static readonly Refusal StageImpossible = new(RefusalKind.Invalid, "rule.stage_impossible", "该规则不能在此阶段运行", "the rule cannot run in this stage", "stages");
    public static readonly Refusal ParameterUnknown = new(RefusalKind.Invalid, "rule.parameter_unknown", "规则没有该参数", "the rule has no such parameter", "parameters");
    public static readonly Refusal ParameterInvalid = new(RefusalKind.Invalid, "rule.parameter_invalid", "参数值须为0至1000000之间的数", "a parameter is a number from 0 to 1,000,000", "parameters");
    public static readonly Refusal SettingUnknown = new(RefusalKind.NotFound, "rule_setting.unknown", "没有此规则设置", "there is no such setting", "setting_no");
    public static readonly Refusal AlreadyDecided = new(RefusalKind.Conflict, "rule_setting.already_decided", "该规则设置已有不同的复核结果", "the setting was decided otherwise already", "setting_no");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "rule_setting.state_unknown", "状态须为proposed、approved或rejected", "states are proposed, approved, rejected", "state");
}
