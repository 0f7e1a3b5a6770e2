using MedInsure.Kernel;

namespace MedInsure.FraudAudit.FieldWork;

/// <summary>Refusals of call-backs, ward checks and campaigns; tips and rewards have their own.</summary>
internal static class FieldRefusals
{
    public static readonly Refusal PeriodInvalid = new(RefusalKind.Invalid, "field.period_invalid", "起止日期须为yyyy-MM-dd，止不早于起，且不超过366天", "The period's days are yyyy-MM-dd, in order, at most 366", "from_on");
    public static readonly Refusal DueInvalid = new(RefusalKind.Invalid, "field.due_invalid", "期限须为不早于今天的yyyy-MM-dd", "The due day is yyyy-MM-dd and not before today", "due_on");
    public static readonly Refusal DayInFuture = new(RefusalKind.Invalid, "field.day_in_future", "日期晚于今天", "The day is in the future");
    public static readonly Refusal TextInvalid = new(RefusalKind.Invalid, "field.text_invalid", "说明缺失或过长", "The text is missing or too long", "text");
    public static readonly Refusal AmountInvalid = new(RefusalKind.Invalid, "field.amount_invalid", "金额须大于零且最多两位小数", "An amount is more than zero and has at most two decimals", "amount");
    public static readonly Refusal PhoneWritten = new(RefusalKind.Invalid, "field.phone_written", "说明中不得写入电话号码或证件号码", "A text holds no telephone number and no certificate's", "text");

    public static readonly Refusal CountInvalid = new(RefusalKind.Invalid, "call_back.count_invalid", "抽取数量须为1至2000", "1 to 2,000 calls are drawn", "count");
    public static readonly Refusal SeedInvalid = new(RefusalKind.Invalid, "call_back.seed_invalid", "随机种子须为1至64个字母或数字", "A seed is 1 to 64 letters or digits", "seed");
    public static readonly Refusal ScriptUnknown = new(RefusalKind.Invalid, "call_back.script_unknown", "没有该版本的回访话术", "There is no such version of the script", "script_version");
    public static readonly Refusal PlaceInvalid = new(RefusalKind.Invalid, "call_back.place_invalid", "地点须为9位乡级或12位村级代码，中心不填", "A place is a township's 9 digits or a village's 12; the centre has none", "place");
    public static readonly Refusal NothingToCall = new(RefusalKind.Precondition, "call_back.nothing_to_call", "该范围内没有可回访的对象", "Nobody is left there to be called", "from_on");
    public static readonly Refusal DrawUnknown = new(RefusalKind.NotFound, "call_back.draw_unknown", "未找到该次抽取", "No such draw", "draw_no");
    public static readonly Refusal CallUnknown = new(RefusalKind.NotFound, "call_back.unknown", "未找到该回访任务", "No such call-back", "call_no");
    public static readonly Refusal CallsInvalid = new(RefusalKind.Invalid, "call_back.calls_invalid", "须列出该次抽取中尚未办结的1至500个回访任务", "1 to 500 calls of the draw that are not closed are named", "calls");
    public static readonly Refusal CallClosed = new(RefusalKind.Precondition, "call_back.closed", "该回访任务已办结", "The call-back is closed", "call_no");
    public static readonly Refusal WayInvalid = new(RefusalKind.Invalid, "call_back.way_invalid", "方式须为phone或visit", "The way is phone or visit", "way");
    public static readonly Refusal VisitNeeded = new(RefusalKind.Precondition, "call_back.visit_needed", "电话未接通次数已满，须上门回访", "The patient did not answer; they are visited now", "way");
    public static readonly Refusal ResultInvalid = new(RefusalKind.Invalid, "call_back.result_invalid", "回访结果代码无效", "There is no such result", "result");
    public static readonly Refusal AnswersInvalid = new(RefusalKind.Invalid, "call_back.answers_invalid", "答复须对应话术中的问题，每条不超过200个字符，且仅在接通时填写", "Answers belong to the script's questions, at most 200 characters each, of patients that were reached", "answers");

    public static readonly Refusal WardInvalid = new(RefusalKind.Invalid, "ward_check.ward_invalid", "须写明病区（不超过40个字符）和当日第几次查房（1至9）", "The ward (at most 40 characters) and the day's round (1 to 9) are said", "ward");
    public static readonly Refusal BedsInvalid = new(RefusalKind.Invalid, "ward_check.beds_invalid", "须逐床登记1至500张床，床号不重复，状态有效", "1 to 500 beds are listed, each once, with a known state", "beds");
    public static readonly Refusal ExpectedInvalid = new(RefusalKind.Invalid, "ward_check.expected_invalid", "应在院人数须不少于登记床数，且不超过5000", "As many in-patients are expected as beds are listed or more, at most 5,000", "expected");
    public static readonly Refusal WardChecked = new(RefusalKind.Conflict, "ward_check.recorded_already", "该病区当日该次查房已登记", "This round of the ward has been recorded", "ward");
    public static readonly Refusal WardCheckUnknown = new(RefusalKind.NotFound, "ward_check.unknown", "未找到该次查房", "No such ward check", "check_no");

    public static readonly Refusal CampaignUnknown = new(RefusalKind.NotFound, "campaign.unknown", "未找到该专项行动", "No such campaign", "campaign_no");
    public static readonly Refusal CampaignKindUnknown = new(RefusalKind.Invalid, "campaign.kind_unknown", "类别须为flying（飞行检查）或self_inspection（自查自纠）", "A campaign is flying or self_inspection", "kind");
    public static readonly Refusal CampaignProvidersInvalid = new(RefusalKind.Invalid, "campaign.providers_invalid", "须列出1至1000家机构，且不重复", "1 to 1,000 providers are named, each once", "providers");
    public static readonly Refusal CampaignRulesInvalid = new(RefusalKind.Invalid, "campaign.rules_invalid", "须列出1至200条已知规则，且不重复", "1 to 200 known rules are named, each once", "rules");
    public static readonly Refusal CampaignClosed = new(RefusalKind.Precondition, "campaign.closed", "该专项行动已结束", "The campaign is closed", "campaign_no");
    public static readonly Refusal CampaignOpen = new(RefusalKind.Precondition, "campaign.unfinished", "尚有机构未报告或款项未处理；确须结束的，以unfinished说明", "Providers have not reported, or money is open; say unfinished to close it so", "unfinished");
    public static readonly Refusal NotInCampaign = new(RefusalKind.Precondition, "campaign.provider_not_in_it", "该机构不在该专项行动范围内", "The provider is not part of the campaign", "fixmedins_code");
    public static readonly Refusal ItemsInvalid = new(RefusalKind.Invalid, "campaign.items_invalid", "问题项最多500条，每条须写明本次行动内的规则、说明和结算单（如有）", "At most 500 items, each with a rule of the campaign, a text and a settlement, if any, of the provider in the campaign's days", "items");
    public static readonly Refusal ItemUnknown = new(RefusalKind.NotFound, "campaign.item_unknown", "未找到该问题项", "No such item", "item_no");
    public static readonly Refusal ItemDecided = new(RefusalKind.Precondition, "campaign.item_decided", "该问题项已处理", "The item has been decided", "item_no");
    public static readonly Refusal NotSelfInspection = new(RefusalKind.Precondition, "campaign.not_self_inspection", "飞行检查发现的问题须立案处理，不作自查退款", "What a flying inspection finds is for a case, not a self-refund", "item_no");
    public static readonly Refusal BankInvalid = new(RefusalKind.Invalid, "campaign.bank_invalid", "须写明基金（6位代码）、收款渠道和银行流水号", "The fund (six digits), the channel and the bank's reference are said", "bank_reference");
    public static readonly Refusal EvidenceUnknown = new(RefusalKind.NotFound, "case.evidence_number_unknown", "证据所指的编号不存在，或与案件对象无关", "There is no such evidence about the case's subject", "evidence");
}
