using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Sanctions;

/// <summary>Refusals of what a decision wants to impose. The order of checks is that of <see cref="SanctionPlan.Of"/>.</summary>
internal static class SanctionRefusals
{
    public static readonly Refusal Missing = new(RefusalKind.Invalid, "sanction.missing", $"须给出1至{SanctionPlan.SanctionsMax}项处理措施", $"1 to {SanctionPlan.SanctionsMax} sanctions are given", "sanctions");
    public static readonly Refusal StepUnknown = new(RefusalKind.Invalid, "sanction.step_unknown", "处理措施不在措施表内（GET /sanctions）", "There is no such step (GET /sanctions)", "sanctions");
    public static readonly Refusal TextInvalid = new(RefusalKind.Invalid, "sanction.text_invalid", $"说明超过{SanctionPlan.TextMax}个字符", $"A text is longer than {SanctionPlan.TextMax} characters", "sanctions");
    public static readonly Refusal DaysInvalid = new(RefusalKind.Invalid, "sanction.days_invalid", "整改天数须为1至365，且只用于限期整改", "Days are 1 to 365, of a correction only", "sanctions");
    public static readonly Refusal SuspendedAndTerminated = new(RefusalKind.Invalid, "sanction.suspended_and_terminated", "暂停与解除不得并用", "An agreement is suspended or terminated, not both", "sanctions");

    public static Refusal StepOfOthers(string name) => new(RefusalKind.Invalid, "sanction.step_of_others", $"{name}不适用于该类对象", $"{name} is not for this kind of subject", "sanctions");
    public static Refusal StepTwice(string name) => new(RefusalKind.Invalid, "sanction.step_twice", $"{name}重复", $"{name} is given twice", "sanctions");
    public static Refusal AmountInvalid(string name) => new(RefusalKind.Invalid, "sanction.amount_invalid", $"{name}的金额缺失、不应填写或格式错误（元，最多两位小数）", $"{name}: the amount is missing, is not to be given, or is no yuan with at most two decimals", "sanctions");
    public static Refusal ClauseMissing(string name) => new(RefusalKind.Invalid, "sanction.clause_missing", $"{name}须写明依据（协议条款或决定机关）", $"{name}: the agreement's clause or the authority is missing", "sanctions");
    public static Refusal MonthsInvalid(int max) => new(RefusalKind.Invalid, "sanction.months_invalid", $"暂停须写明1至{max}个月，其他措施不写", $"A suspension is of 1 to {max} months; other steps have none", "sanctions");
    public static Refusal MoreThanEvidence(long fen) => new(RefusalKind.Precondition, "sanction.more_than_evidence", $"追回金额大于证据合计{new Fen(fen)}", $"More is recovered than the evidence comes to, {new Fen(fen)}", "sanctions");
    public static Refusal BaseBeyondPrincipal(long fen) => new(RefusalKind.Precondition, "sanction.base_beyond_principal", $"违约金基数超出追回本金余额{new Fen(fen)}", $"The base of damages is more than what is left of the recovered principal, {new Fen(fen)}", "sanctions");
}
