using MedInsure.Kernel;

namespace MedInsure.Enrollment;

/// <summary>Every business refusal of this service's calls. Those of import rows stand with the row's checks.</summary>
internal static class Refusals
{
    public static readonly Refusal CountyNotServed = new(RefusalKind.Precondition, "tenant.county_not_served", "本平台不承办该县区的参保业务", "the persons of this tenant are not kept here");
    public static readonly Refusal PersonUnknown = new(RefusalKind.NotFound, "person.unknown", "查无此参保人", "there is no such person in this county");
    public static readonly Refusal NameMismatch = new(RefusalKind.Invalid, "person.name_mismatch", "姓名与证件登记不符", "the name differs from the one on file", "psn_name");
    public static readonly Refusal CertificateMissing = new(RefusalKind.Invalid, "person.certificate_missing", "未提供证件号码", "the certificate's number is missing", "certno");
    public static readonly Refusal NumberMissing = new(RefusalKind.Invalid, "person.number_missing", "未提供人员编号", "the person's number is missing", "psn_no");
    public static readonly Refusal TooMany = new(RefusalKind.Invalid, "page.too_many", $"一次最多查询{BatchMax}人", $"at most {BatchMax} persons at a time");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "query.day_invalid", "日期无效", "not a day of the calendar", "on");
    public static readonly Refusal BodyMalformed = new(RefusalKind.Invalid, "request.malformed", "请求正文不是规定的JSON", "the body is no JSON of the documented form");
    public static readonly Refusal Unavailable = new(RefusalKind.Unavailable, "platform.unavailable", "系统繁忙，请稍后重试", "something behind is down or busy; try again");
    public static readonly Refusal ActorMissing = new(RefusalKind.Invalid, "actor.missing", "缺少经办人姓名", "who acts is missing or too long");
    public static readonly Refusal ActorsAreOne = new(RefusalKind.Denied, "actor.same_person", "经办人与审批人不能为同一人", "one person may not ask and approve", "approver");
    public static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "reason.missing", "缺少理由", "the reason is missing or too long");
    public static readonly Refusal FindingUnknown = new(RefusalKind.NotFound, "finding.unknown", "没有该比对问题", "there is no such finding");
    public static readonly Refusal FindingStateUnknown = new(RefusalKind.Invalid, "finding.state_unknown", "状态应为open、confirmed、dismissed或resolved", "the state is none of open, confirmed, dismissed, resolved");

    public const int BatchMax = 1_000;
}
