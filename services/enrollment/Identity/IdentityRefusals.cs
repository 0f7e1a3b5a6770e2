using MedInsure.Kernel;

namespace MedInsure.Enrollment.Identity;

/// <summary>Why a person is not taken for whom a card, an e-credential or an agent says.</summary>
internal static class IdentityRefusals
{
    /// <summary>SQL: the numbers of the person $1, those retired into it included.</summary>
    public const string NumbersSql = "(SELECT psn_no FROM person WHERE psn_no = $1 OR merged_into = $1)";

    private const string Number = "mdtrt_cert_no";

    public static readonly Refusal KindUnknown = new(RefusalKind.Invalid, "identity.kind_unknown", "就诊凭证类型应为01、02或03", "the kind of certificate is none of 01, 02, 03", "mdtrt_cert_type");
    public static readonly Refusal CheckNeeded = new(RefusalKind.Invalid, "identity.check_needed", "申领电子凭证须核验身份证(02)或社会保障卡(03)", "an e-credential is issued after a check of the id (02) or the card (03)", "mdtrt_cert_type");
    public static readonly Refusal NumberMissing = new(RefusalKind.Invalid, "identity.number_missing", "未提供就诊凭证编号", "the certificate's number is missing", Number);
    public static readonly Refusal CertificateMismatch = new(RefusalKind.Invalid, "person.certificate_mismatch", "证件号码与凭证持有人登记不符", "the certificate's number differs from the one on file", "certno");
    public static readonly Refusal TextInvalid = new(RefusalKind.Invalid, "field.invalid", "缺少内容、过长或含不允许的字符", "missing, too long, or with characters that are not allowed");

    public static readonly Refusal CardLost = new(RefusalKind.Precondition, "card.lost", "该社会保障卡已挂失", "this card was reported lost", Number);
    public static readonly Refusal CardReplaced = new(RefusalKind.Precondition, "card.replaced", "该社会保障卡已换发新卡，旧卡停用", "this card was replaced by another", Number);
    public static readonly Refusal CardSerialUnknown = new(RefusalKind.Precondition, "card.serial_unknown", "卡识别码与登记的社会保障卡不符", "no card of this number has this serial", "card_sn");
    public static readonly Refusal CardNotRegistered = new(RefusalKind.Precondition, "card.not_registered", "该卡号不是此人登记的社会保障卡", "the person's cards have other numbers", Number);
    public static readonly Refusal CardUnknown = new(RefusalKind.NotFound, "card.unknown", "查无此社会保障卡", "there is no such card", "card_no");
    public static readonly Refusal CardTaken = new(RefusalKind.Conflict, "card.taken", "该社会保障卡已登记给他人", "the card is another person's", "card_no");
    public static readonly Refusal CardStateUnknown = new(RefusalKind.Invalid, "card.state_unknown", "状态应为lost或active", "the state is none of lost, active", "state");
    public static readonly Refusal CardStateFinal = new(RefusalKind.Precondition, "card.state_final", "该卡已停用，不能恢复", "the card's state cannot become this one", "state");

    public static readonly Refusal PersonDead = new(RefusalKind.Precondition, "person.dead", "该人员已登记死亡，不再发放电子凭证", "the person is dead: no e-credential is issued", Number);
    public static readonly Refusal NotAvailable = new(RefusalKind.Precondition, "e_credential.not_available", "本县区暂未开通医保电子凭证，请使用身份证或社会保障卡", "e-credentials are not available here", "mdtrt_cert_type");
    public static readonly Refusal Malformed = new(RefusalKind.Invalid, "e_credential.malformed", "电子凭证格式不正确", "not the form of an e-credential", Number);
    public static readonly Refusal Altered = new(RefusalKind.Precondition, "e_credential.altered", "电子凭证校验未通过", "the e-credential's signature is wrong", Number);
    public static readonly Refusal Foreign = new(RefusalKind.Precondition, "e_credential.foreign", "电子凭证不属于本统筹区", "the e-credential was issued elsewhere", Number);
    public static readonly Refusal Expired = new(RefusalKind.Precondition, "e_credential.expired", "电子凭证已过期，请刷新后重试", "the e-credential has expired", Number);
    public static readonly Refusal Used = new(RefusalKind.Precondition, "e_credential.used", "电子凭证已使用，请刷新后重试", "the e-credential was used before", Number);
    public static readonly Refusal Revoked = new(RefusalKind.Precondition, "e_credential.revoked", "电子凭证已作废", "the e-credential was revoked", Number);
    public static readonly Refusal RequestKeyMissing = new(RefusalKind.Invalid, "request.key_missing", "缺少发送方报文编号", "sender or message_id is missing", "message_id");

    public static readonly Refusal SessionUnknown = new(RefusalKind.Unauthenticated, "session.unknown", "会话无效，请重新扫码登录", "there is no such session", "session");
    public static readonly Refusal SessionExpired = new(RefusalKind.Unauthenticated, "session.expired", "会话已结束，请重新扫码登录", "the session is over", "session");

    public static readonly Refusal AgentPeriodInvalid = new(RefusalKind.Invalid, "agent.period_invalid", "代办期限无效", "the authority's period is missing or reversed", "to_on");
    public static readonly Refusal AgentIsPerson = new(RefusalKind.Invalid, "agent.is_person", "代办人不能为本人", "nobody is one's own agent", "agent_certno");
    public static readonly Refusal AgentUnknown = new(RefusalKind.NotFound, "agent.unknown", "没有该代办授权", "there is no such authority", "authority_no");
    public static readonly Refusal AgentNotAuthorised = new(RefusalKind.Denied, "agent.not_authorised", "代办人没有有效的代办授权", "the agent has no authority in force for this person", "agent_certno");
}
