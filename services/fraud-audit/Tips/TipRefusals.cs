using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tips;

/// <summary>Refusals of tips and rewards.</summary>
internal static class TipRefusals
{
    public static readonly Refusal KeyMissing = new(RefusalKind.Precondition, "tip.key_missing", "未配置举报人信息密钥，不受理举报", "No key is configured under which informers are kept: no tip is taken");
    public static readonly Refusal KeyOther = new(RefusalKind.Precondition, "tip.key_other", "举报人信息由其他密钥加密", "The informer was kept under another key", "tip_no");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "tip.unknown", "未找到该举报", "No such tip", "tip_no");
    public static readonly Refusal SecretWrong = new(RefusalKind.NotFound, "tip.not_found", "举报编号或查询码有误", "The number or the secret is wrong", "secret");
    public static readonly Refusal ChannelUnknown = new(RefusalKind.Invalid, "tip.channel_unknown", "渠道须为phone、letter、visit或online", "A tip comes by phone, letter, visit or online", "channel");
    public static readonly Refusal SubjectInvalid = new(RefusalKind.Invalid, "tip.subject_invalid", "须写明被举报对象类别（provider、person或unknown）及其编号", "The subject is a provider or a person with its number, or unknown", "subject");
    public static readonly Refusal InformerInvalid = new(RefusalKind.Invalid, "tip.informer_invalid", "举报人姓名、电话或备注无效", "The informer's name, phone or note is empty or too long", "informer");
    public static readonly Refusal TextNamesInformer = new(RefusalKind.Invalid, "tip.text_names_informer", "举报内容、原因不得含举报人姓名或电话", "Neither text nor reason names the informer", "text");
    public static readonly Refusal NotInState = new(RefusalKind.Precondition, "tip.not_in_state", "举报的当前状态不能办理", "The tip's state does not allow it", "tip_no");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "tip.state_unknown", "举报状态无效", "There is no such state", "state");
    public static readonly Refusal NotTheHandler = new(RefusalKind.Precondition, "tip.not_the_handler", "须由该举报的承办人办理", "Only the tip's handler does this", "by");
    public static readonly Refusal OutcomeInvalid = new(RefusalKind.Invalid, "tip.outcome_invalid", "结果须为confirmed、unfounded或not_accepted，仅confirmed写明案件", "The outcome is confirmed, unfounded or not_accepted; confirmed alone names the case", "outcome");
    public static readonly Refusal CaseUnfit = new(RefusalKind.Precondition, "tip.case_unfit", "该案件不存在、未以本举报为证据，或处理决定尚未生效", "The case does not name the tip as evidence, or its decision is not in force", "case_no");
    public static readonly Refusal Anonymous = new(RefusalKind.Precondition, "tip.anonymous", "该举报为匿名举报", "The informer gave no name", "tip_no");

    public static readonly Refusal RewardUnknown = new(RefusalKind.NotFound, "reward.unknown", "未找到该奖励", "No such reward", "reward_no");
    public static readonly Refusal RewardExists = new(RefusalKind.Conflict, "reward.exists_already", "该举报已有奖励", "The tip has a reward already", "tip_no");
    public static readonly Refusal NotConfirmed = new(RefusalKind.Precondition, "reward.tip_not_confirmed", "举报尚未查实", "The tip is not confirmed", "tip_no");
    public static readonly Refusal NothingRecovered = new(RefusalKind.Precondition, "reward.nothing_recovered", "案件尚未追回资金", "No money has come back yet", "tip_no");
    public static readonly Refusal RecoveredChanged = new(RefusalKind.Precondition, "reward.recovered_changed", "追回金额已少于拟奖励时的金额，须退回重报", "Less is recovered now than when the reward was proposed: reject it and propose anew", "reward_no");
    public static readonly Refusal RewardDecided = new(RefusalKind.Precondition, "reward.not_in_state", "奖励的当前状态不能办理", "The reward's state does not allow it", "reward_no");
    public static readonly Refusal ReceiptInvalid = new(RefusalKind.Invalid, "reward.receipt_invalid", "须写明不超过60个字符的付款凭证号，且不得为账号", "The voucher's number is said, at most 60 characters, no account", "receipt");
}
