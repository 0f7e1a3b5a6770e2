using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>Refusals of cases. The order of checks is that of each file.</summary>
internal static class CaseRefusals
{
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "case.unknown", "未找到该案件", "No such case", "case_no");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "case.state_unknown", "案件状态无效", "There is no such state", "state");
    public static readonly Refusal SubjectInvalid = new(RefusalKind.Invalid, "case.subject_invalid", "须写明对象类别（provider或person）及其编号", "The subject is a provider or a person, with its number", "subject");
    public static readonly Refusal ProviderUnknown = new(RefusalKind.NotFound, "case.provider_unknown", "未找到该定点医药机构", "No such designated provider", "subject");
    public static readonly Refusal PersonUnknown = new(RefusalKind.NotFound, "case.person_unknown", "该人员在本县区没有结算记录", "The person has no settlement of this county", "subject");
    public static readonly Refusal TitleInvalid = new(RefusalKind.Invalid, "case.title_invalid", "案由缺失或超过100个字符", "The title is missing or longer than 100 characters", "title");
    public static readonly Refusal EvidenceMissing = new(RefusalKind.Invalid, "case.evidence_missing", "须附1至500条证据", "1 to 500 pieces of evidence are given", "evidence");
    public static readonly Refusal EvidenceInvalid = new(RefusalKind.Invalid, "case.evidence_invalid", "证据的类别、编号、说明或金额无效", "A piece of evidence has no known kind, number, text or amount", "evidence");
    public static readonly Refusal EvidenceUnknown = new(RefusalKind.NotFound, "case.evidence_unknown", "案件没有该证据", "The case has no such evidence", "evidence_no");
    public static readonly Refusal NothingLeft = new(RefusalKind.Precondition, "case.evidence_needed", "案件须至少保留一条证据", "A case keeps at least one piece of evidence", "evidence_no");
    public static readonly Refusal TextInvalid = new(RefusalKind.Invalid, "case.text_invalid", "内容缺失或超过4000个字符", "The text is missing or longer than 4,000 characters", "text");
    public static readonly Refusal DayInFuture = new(RefusalKind.Invalid, "case.day_in_future", "日期晚于今天", "The day is in the future");
    public static readonly Refusal NotTheInvestigator = new(RefusalKind.Precondition, "case.not_the_investigator", "须由本案调查人办理", "Only the case's investigator does this", "by");
    public static readonly Refusal HearingNotServed = new(RefusalKind.Precondition, "case.hearing_not_served", "陈述申辩告知书尚未送达", "The allegation has not been served yet", "case_no");
    public static readonly Refusal NotHeardYet = new(RefusalKind.Precondition, "case.not_heard", "对象尚未陈述申辩且期限未满", "The subject has said nothing yet and its days are not over", "case_no");
    public static readonly Refusal StatementLate = new(RefusalKind.Precondition, "case.statement_late", "陈述申辩期限已过", "The days for a statement are over", "received_on");
    public static readonly Refusal ProviderElsewhere = new(RefusalKind.Precondition, "case.provider_elsewhere", "该机构由本市以外的县区结算，不能扣款，须选缴款退回", "A county outside this city pays the provider: nothing can be deducted; it pays (by_payment)", "by_payment");
    public static readonly Refusal AgreementElsewhere = new(RefusalKind.Precondition, "case.agreement_elsewhere", "该机构的服务协议由其他县区管理，暂停或解除须移送该县区（referral）", "Another county has the agreement: its suspension or termination is that county's; refer it (referral)", "sanctions");
    public static readonly Refusal MoneyUnnamed = new(RefusalKind.Invalid, "case.fund_missing", "以缴款退回的须写明基金（6位代码）", "What is paid belongs to a fund: six digits", "fund");
    public static readonly Refusal NotServed = new(RefusalKind.Precondition, "case.decision_not_served", "处理决定书尚未送达", "The decision has not been served yet", "case_no");
    public static readonly Refusal AppealLate = new(RefusalKind.Precondition, "case.appeal_late", "申诉期限已过", "The days for an appeal are over", "received_on");
    public static readonly Refusal AppealOpen = new(RefusalKind.Precondition, "case.appeal_open", "申诉尚未办结", "An appeal is not decided yet", "case_no");
    public static readonly Refusal AppealUnknown = new(RefusalKind.NotFound, "case.appeal_unknown", "没有待办的申诉", "No appeal is open", "case_no");
    public static readonly Refusal OutcomeInvalid = new(RefusalKind.Invalid, "case.outcome_invalid", "申诉结果须为upheld、changed或cancelled，仅changed给出处理措施", "An appeal's outcome is upheld, changed or cancelled; changed alone gives sanctions", "outcome");
    public static readonly Refusal AppealMakesWorse = new(RefusalKind.Precondition, "case.appeal_makes_worse", "申诉不得加重处理", "An appeal may not make it worse", "sanctions");
    public static readonly Refusal AppealDaysLeft = new(RefusalKind.Precondition, "case.appeal_days_left", "申诉期限未满", "The days for an appeal are not over", "case_no");
    public static readonly Refusal NoCorrection = new(RefusalKind.Precondition, "case.no_correction", "没有待复查的整改", "No correction waits for a re-check", "case_no");
    public static readonly Refusal CorrectionOpen = new(RefusalKind.Precondition, "case.correction_open", "整改尚未复查通过", "The correction has not passed its re-check", "case_no");
    public static readonly Refusal EffectsOpen = new(RefusalKind.Precondition, "case.effects_open", "尚有未执行的扣款或协议处理", "Money or the agreement's status is not done yet", "case_no");
    public static readonly Refusal MoneyOpen = new(RefusalKind.Precondition, "case.money_open", "尚有未扣回或未退还的款项；确不能收回的，以money_left说明原因办结", "Money is not recovered or given back yet; close it with money_left and the reason if it will not be", "money_left");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "case.day_invalid", "日期须为yyyy-MM-dd", "A day is yyyy-MM-dd");
    public static readonly Refusal AuthorityInvalid = new(RefusalKind.Invalid, "case.authority_invalid", "须写明移送机关，且不超过100个字符", "The authority is missing or longer than 100 characters", "authority");
    public static readonly Refusal EffectUnknown = new(RefusalKind.NotFound, "case.effect_unknown", "没有该项被拒绝的执行", "No such refused effect", "effect_no");

    public static readonly Refusal ProposalInvalid = new(RefusalKind.Invalid, "case.proposal_invalid", "移送建议缺失或超过1000个字符", "What is proposed is missing or longer than 1,000 characters", "proposed");
    public static readonly Refusal ProviderIsOurs = new(RefusalKind.Precondition, "case.nobody_to_refer_to", "对象不是本市其他县区管理的医药机构", "The subject is no provider of another county of this city", "case_no");
    public static readonly Refusal ReferredBefore = new(RefusalKind.Conflict, "case.referred_before", "本案已移送", "The case was referred before", "case_no");
    public static readonly Refusal ReferralInvalid = new(RefusalKind.Invalid, "referral.invalid", "移送内容不完整或格式错误", "The referral is incomplete, or not of the county that it names", "referral_no");
    public static readonly Refusal ReferralNotOurs = new(RefusalKind.Precondition, "referral.not_ours", "该机构不由本县区管理", "The provider is not this county's", "fixmedins_code");

    public static Refusal NotInState(string state) => new(RefusalKind.Precondition, "case.not_in_state", $"案件目前状态（{CaseRow.StateName(state)}）不允许此操作", $"The case is {state}: not in a state for this", "case_no");
    public static Refusal FindingUnfit(string number) => new(RefusalKind.Precondition, "case.finding_unfit", $"疑点{number}不存在、不属于该对象、已撤回或已在其他案件", $"Finding {number} does not exist, is of somebody else, is withdrawn, or is in another case", "evidence");
    public static Refusal SettlementUnfit(string setlId) => new(RefusalKind.Precondition, "case.settlement_unfit", $"结算{setlId}不存在、不属于该对象或已冲销", $"Settlement {setlId} does not exist, is of somebody else, or was reversed", "evidence");
    public static Refusal EvidenceGone(int evidenceNo) => new(RefusalKind.Precondition, "case.evidence_gone", $"证据{evidenceNo}所涉疑点已撤回或其结算已冲销，请先撤下该证据", $"The finding of evidence {evidenceNo} is withdrawn or its settlement reversed: take it off first", "evidence");
    public static Refusal EvidenceTwice(string number) => new(RefusalKind.Conflict, "case.evidence_twice", $"证据{number}已在案", $"Evidence {number} is in the case already", "evidence");
}
