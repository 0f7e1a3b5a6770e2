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
    public static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "reason.missing", "缺少理由", "the reason is missing or too long");
    public static readonly Refusal FindingUnknown = new(RefusalKind.NotFound, "finding.unknown", "没有该比对问题", "there is no such finding");
    public static readonly Refusal FindingStateUnknown = new(RefusalKind.Invalid, "finding.state_unknown", "状态应为open、confirmed、dismissed或resolved", "the state is none of open, confirmed, dismissed, resolved");
    public static readonly Refusal RequestKeyMissing = new(RefusalKind.Invalid, "request.key_missing", "缺少请求编号", "the request key is missing or too long");
    public static readonly Refusal RequestKeyReused = new(RefusalKind.Conflict, "request.key_reused", "请求编号已用于其他内容", "the request key came before with other content");
    public static readonly Refusal DecisionMissing = new(RefusalKind.Invalid, "decision.missing", "未说明同意或不同意", "neither approved nor rejected");
    public static readonly Refusal MergeUnknown = new(RefusalKind.NotFound, "merge.unknown", "没有该合并申请", "there is no such merge");
    public static readonly Refusal MergeDecided = new(RefusalKind.Conflict, "merge.decided", "该合并申请已作出相反决定", "the merge was decided otherwise");
    public static readonly Refusal MergeProposedAlready = new(RefusalKind.Conflict, "merge.proposed_already", "该人员编号已有待审批的合并申请", "a merge of this number waits for its approval");
    public static readonly Refusal MergeOfOne = new(RefusalKind.Invalid, "merge.same_number", "不能与自身合并", "both numbers are the same", "surviving_no");
    public static readonly Refusal MergedAlready = new(RefusalKind.Precondition, "merge.merged_already", "该人员编号已被合并", "the number was merged into another before");
    public static readonly Refusal MergeCertificatesDiffer = new(RefusalKind.Precondition, "merge.certificates_differ", "证件号码属于不同的人，不得合并", "the certificates are two persons'");
    public static readonly Refusal MergeNamesDiffer = new(RefusalKind.Precondition, "merge.names_differ", "姓名不同，不得合并；如系登记错误请先更正", "the names differ; a wrong entry is corrected first");
    public static readonly Refusal MergeBirthsDiffer = new(RefusalKind.Precondition, "merge.births_differ", "出生日期或性别不同，不得合并；如系登记错误请先更正", "birth date or sex differ; a wrong entry is corrected first");
    public static readonly Refusal MergeEmploymentsOverlap = new(RefusalKind.Precondition, "merge.employments_overlap", "两个编号在同一月份都有用工登记，请先更正其一", "both numbers are employed in the same month: one is corrected first");
    public static readonly Refusal MergeDeathsDiffer = new(RefusalKind.Precondition, "merge.deaths_differ", "死亡登记不同，不得合并；请先登记或撤销死亡", "one record's death is not the other's: record or undo it first");
    public static readonly Refusal AuthorityUnknown = new(RefusalKind.NotFound, "list.authority_unknown", "没有该认定部门", "there is no such authority");
    public static readonly Refusal ListKindUnknown = new(RefusalKind.Invalid, "list.kind_unknown", "名单种类应为full或difference", "the list is neither full nor difference");
    public static readonly Refusal ListDayInvalid = new(RefusalKind.Invalid, "list.day_invalid", "名单日期无效或晚于今天", "the list's day is none or lies after today");
    public static readonly Refusal ListRowsMissing = new(RefusalKind.Invalid, "list.rows_missing", "未说明名单行数", "how many rows the list has is missing or no number");
    public static readonly Refusal ListCut = new(RefusalKind.Precondition, "list.cut", "行数与所述不符，名单可能不完整", "the file has another number of rows than stated: a part may be missing", "rows");
    public static readonly Refusal ListOlder = new(RefusalKind.Precondition, "list.older", "该部门更晚日期的名单已生效", "a later list of this authority is in effect", "as_of");
    public static readonly Refusal ListRemovalsImplausible = new(RefusalKind.Precondition, "list.removals_implausible", "退出人员过多，名单可能不完整；如属实请注明退出人数", "too many would leave at once: a part may be missing; if it is true, state how many leave", "removals");
    public static readonly Refusal ListRemovalsDiffer = new(RefusalKind.Precondition, "list.removals_differ", "退出人数与所述不符", "another number of persons would leave than stated", "removals");

    public const int BatchMax = 1_000, RequestKeyMax = 100;
}
