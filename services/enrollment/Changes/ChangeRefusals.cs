using MedInsure.Kernel;

namespace MedInsure.Enrollment.Changes;

/// <summary>Why what a record says of a person is not changed.</summary>
internal static class ChangeRefusals
{
    public static readonly Refusal CertificateTypeUnknown = new(RefusalKind.Invalid, "person.certificate_type_unknown", "证件类型代码无效", "is no national psn_cert_type", "psn_cert_type");
    public static readonly Refusal CertificateWrong = new(RefusalKind.Invalid, "person.certno_wrong", "身份证号码格式或校验码错误", "is no resident identity number: form, date or check digit", "certno");
    public static readonly Refusal BirthDiffers = new(RefusalKind.Invalid, "person.birth_differs_from_certno", "出生日期与身份证号码不符", "differs from the birth date in certno", "birth_on");
    public static readonly Refusal SexDiffers = new(RefusalKind.Invalid, "person.gend_differs_from_certno", "性别与身份证号码不符", "differs from the sex in certno", "gend");
    public static readonly Refusal SexUnknown = new(RefusalKind.Invalid, "person.gend_unknown", "性别代码无效", "is none of 0, 1, 2, 9", "gend");
    public static readonly Refusal BirthImpossible = new(RefusalKind.Invalid, "person.birth_impossible", "出生日期晚于今天、死亡日期或参保结束日期", "lies after today, the day of death or the end of a cover", "birth_on");
    public static readonly Refusal NothingChanges = new(RefusalKind.Invalid, "change.nothing_changes", "申请内容与现登记相同", "what is asked for is on file already");
    public static readonly Refusal Waits = new(RefusalKind.Conflict, "change.waits_already", "该人员已有待审批的变更申请", "a change of this person waits for its approval", "psn_no");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "change.unknown", "没有该变更申请", "there is no such change");
    public static readonly Refusal Decided = new(RefusalKind.Conflict, "change.decided", "该变更申请已作出相反决定", "the change was decided otherwise");
    public static readonly Refusal Outdated = new(RefusalKind.Precondition, "change.outdated", "登记内容在申请后已变化，请重新申请", "the record is not any more what it was when the change was asked for");
}
