using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employers;

internal static class EmployerRefusals
{
    public static readonly Refusal NumberTaken = new(RefusalKind.Conflict, "employer.number_taken", "该单位编号已登记为其他单位", "the number is on file with other content", "employer_no");
    public static readonly Refusal NameMissing = new(RefusalKind.Invalid, "employer.name_missing", "缺少单位名称，或超过200个字符", "the name is missing or longer than 200 characters", "employer_name");
    public static readonly Refusal KindInvalid = new(RefusalKind.Invalid, "employer.kind_invalid", "单位类型超过30个字符", "the kind is longer than 30 characters", "kind");
    public static readonly Refusal CodeWrong = new(RefusalKind.Invalid, "employer.uscc_wrong", "统一社会信用代码格式或校验码错误", "is no unified social credit code: form or check character", "uscc");
    public static readonly Refusal CodeTaken = new(RefusalKind.Conflict, "employer.uscc_taken", "该统一社会信用代码已登记在另一单位编号下", "the uscc is on file under another employer_no", "uscc");
    public static readonly Refusal ClosedAlready = new(RefusalKind.Precondition, "employer.closed_already", "该单位已在另一日期注销", "the employer is closed since another day", "closed_on");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "employer.closing_day_invalid", "注销日期缺失或晚于今天", "the closing day is missing or lies after today", "closed_on");
    public static readonly Refusal StaffGoesOn = new(RefusalKind.Precondition, "employer.staff_goes_on", "该单位尚有在职参保人员，请先停保或转移", "the employer has staff beyond that month: they stop or move first", "closed_on");
}
