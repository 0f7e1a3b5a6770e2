using MedInsure.Kernel;

namespace MedInsure.Billing;

/// <summary>Every business refusal of this service.</summary>
internal static class Refusals
{
    public static readonly Refusal CountyNotServed = new(RefusalKind.NotFound, "tenant.county_not_served", "本平台不承办该县区的征缴业务", "the contributions of this county are not kept here", "county");
    public static readonly Refusal BodyMalformed = new(RefusalKind.Invalid, "request.body_malformed", "请求内容不是规定格式的JSON", "the body is no JSON of the documented form");
    public static readonly Refusal RequestKeyMissing = new(RefusalKind.Invalid, "request.key_missing", $"缺少请求流水号，或超过{RequestKeyMax}个字符", $"the request key is missing or longer than {RequestKeyMax} characters", "request_key");
    public static readonly Refusal RequestKeyReused = new(RefusalKind.Conflict, "request.key_reused", "该请求流水号已用于内容不同的请求", "the request key came before with other content", "request_key");
    public static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "request.reason_missing", "未说明原因，或超过500个字符", "the reason is missing, or longer than 500 characters", "reason");
    public static readonly Refusal PageSizeInvalid = new(RefusalKind.Invalid, "page.size_invalid", $"每页行数须为1至{PageMax}", $"a page has 1 to {PageMax} rows", "page_size");

    public static readonly Refusal NumberMissing = new(RefusalKind.Invalid, "person.number_missing", "未提供人员编号", "the person's number is missing", "psn_no");
    public static readonly Refusal HouseholdMissing = new(RefusalKind.Invalid, "household.number_missing", "未提供户号", "the household's number is missing", "household_no");
    public static readonly Refusal YearInvalid = new(RefusalKind.Invalid, "assessment.year_invalid", "参保年度须为2000至2100，按月缴费的为yyyyMM", "the covered year is not one of 2000 to 2100, nor a month yyyyMM of them", "year");
    public static readonly Refusal SchemeMissing = new(RefusalKind.Invalid, "assessment.scheme_missing", "未提供险种", "the scheme is missing", "insutype");
    public static readonly Refusal NotYearly = new(RefusalKind.Precondition, "assessment.not_yearly", "该险种不按年度核定，由单位按月申报", "the scheme is not assessed by the year: employers declare by the month", "insutype");
    public static readonly Refusal PersonsIncomplete = new(RefusalKind.Precondition, "assessment.persons_incomplete", "参保人资料尚在同步，请稍后再核定", "the persons are still being copied from enrolment; start the assessment later");
    public static readonly Refusal RunGoesOn = new(RefusalKind.Conflict, "assessment.run_goes_on", "该险种年度的核定正在进行", "an assessment of this scheme and year is under way");
    public static readonly Refusal RunUnknown = new(RefusalKind.NotFound, "assessment.run_unknown", "没有该核定批次", "there is no such assessment run", "run_no");

    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "assessment.state_unknown", "状态须为open、settled、overpaid或withdrawn", "state is none of open, settled, overpaid, withdrawn", "state");
    public static readonly Refusal AssessmentUnknown = new(RefusalKind.NotFound, "assessment.unknown", "该人员在该险种年度没有核定", "the person has no assessment for this scheme and year", "psn_no");

    public static readonly Refusal YearNotAssessed = new(RefusalKind.Precondition, "assessment.year_not_assessed", "该险种年度尚未核定", "this scheme and year have not been assessed", "year");

    public static readonly Refusal BasisUnknown = new(RefusalKind.Invalid, "subsidy.basis_unknown", "口径须为assessed（已核定）或paid（已缴费）", "basis is neither assessed nor paid", "basis");
    public static readonly Refusal NothingToClaim = new(RefusalKind.Precondition, "subsidy.nothing_to_claim", "与已申请数相同，无需再次申请", "nothing differs from what was claimed before");
    public static readonly Refusal PayerUnknown = new(RefusalKind.NotFound, "subsidy.payer_unknown", "该年度没有此补助来源", "this payer owes nothing for the year and nothing was claimed of it", "payer");
    public static readonly Refusal ValueDateInvalid = new(RefusalKind.Invalid, "money.value_date_invalid", "到账日期无效或晚于今天", "the value date is no day yyyy-MM-dd, or lies in the future", "value_date");
    public static readonly Refusal AmountInvalid = new(RefusalKind.Invalid, "money.amount_invalid", "金额须为不超过两位小数的元，且不为零", "the amount is no yuan with at most two decimals, or zero", "amount");
    public static readonly Refusal ReferenceMissing = new(RefusalKind.Invalid, "money.reference_missing", "缺少银行流水号，或超过64个字符", "the bank's reference is missing, or longer than 64 characters", "reference");
    public static readonly Refusal ReferenceReused = new(RefusalKind.Conflict, "money.reference_reused", "该银行流水号已登记为内容不同的款项", "the bank's reference is recorded with other content", "reference");

    public static readonly Refusal SupportNotAllowed = new(RefusalKind.Precondition, "collective.not_allowed", "该险种不允许集体补助个人缴费", "the scheme's policy allows no collective support", "insutype");
    public static readonly Refusal SupporterMissing = new(RefusalKind.Invalid, "collective.supporter_missing", "缺少补助单位名称，或超过200个字符", "the supporter's name is missing, or longer than 200 characters", "supporter");
    public static readonly Refusal SupportedInvalid = new(RefusalKind.Invalid, "collective.persons_invalid", $"须列明1至{SupportedMax}名不重复的参保人", $"1 to {SupportedMax} different persons are needed", "persons");
    public static readonly Refusal SupportedUnknown = new(RefusalKind.Precondition, "collective.person_not_assessed", "名单中有人员该年度没有核定", "a person of the list has no assessment for the year", "persons");
    public static readonly Refusal SupportedTwice = new(RefusalKind.Conflict, "collective.person_supported", "名单中有人员该年度已获集体补助", "a person of the list has a collective support for the year", "persons");

    public const int SupportedMax = 10_000, RequestKeyMax = 64, PageMax = 1_000;
}
