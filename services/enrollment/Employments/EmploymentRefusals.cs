using System.Collections.Frozen;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Employments;

/// <summary>Why what was declared of staff does not take effect; the same of a desk's act and of a file's row.</summary>
internal static class EmploymentRefusals
{
    public static readonly Refusal EmployerUnknown = new(RefusalKind.NotFound, "employer.unknown", "查无此单位", "there is no such employer in this county", "employer_no");
    public static readonly Refusal EmployerClosed = new(RefusalKind.Precondition, "employer.closed", "该单位已注销", "the employer is closed", "employer_no");
    public static readonly Refusal EmploymentUnknown = new(RefusalKind.NotFound, "employment.unknown", "没有该用工登记", "there is no such employment", "employment_no");
    public static readonly Refusal NotEmployed = new(RefusalKind.Precondition, "employment.not_employed", "该人员该月不在本单位参保", "the person is not employed here in this month", "month");
    public static readonly Refusal StoppedAlready = new(RefusalKind.Precondition, "employment.stopped_already", "该人员已停保，如停保月份有误请更正", "the employment has ended before; a wrong month is corrected", "last_month");
    public static readonly Refusal EndsBeforeStart = new(RefusalKind.Invalid, "employment.ends_before_start", "停保月份早于参保月份", "the last month lies before the first", "last_month");
    public static readonly Refusal OtherGoesOn = new(RefusalKind.Precondition, "employment.other_goes_on", "该人员该时段已有其他用工或灵活就业登记，请先停保或办理转移", "another employment of the person covers these months: it stops first, or is transferred", "month");
    public static readonly Refusal CoveredElsewhere = new(RefusalKind.Precondition, "employment.covered_elsewhere", "该人员该时段在同一险种已由他处参保", "the person is covered by the scheme otherwise at that time", "month");
    public static readonly Refusal CoverHasCredit = new(RefusalKind.Precondition, "employment.cover_has_credit", "该时段已记个人账户，不得作为从未参保撤销", "the period carries account credit: it cannot be said never to have been", "month");
    public static readonly Refusal RowRepeated = new(RefusalKind.Invalid, "employment.repeated_row", "同一人员的同类申报重复或月份重叠", "another row says the same kind of thing of this person for these months", "month");
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "employment.month_invalid", "月份无效，应为yyyyMM且不晚于一年之后", "no month yyyyMM, or more than a year ahead", "month");
    public static readonly Refusal WageInvalid = new(RefusalKind.Invalid, "employment.wage_invalid", "月工资应为大于零、最多两位小数的金额（元），且不超过一千万元", "the month's wage is no amount above zero with at most two decimals, or above ten million", "wage");
    public static readonly Refusal ReasonNeeded = new(RefusalKind.Invalid, "employment.reason_needed", "涉及以前月份，须说明原因", "what concerns past months needs a reason", "why");
    public static readonly Refusal EndUnknown = new(RefusalKind.Invalid, "employment.end_unknown", "停保原因应为stopped或retired", "the cause of the end is neither stopped nor retired", "ended");
    public static readonly Refusal ActUnknown = new(RefusalKind.Invalid, "employment.act_unknown", "申报种类应为start、stop、retire或wage", "the action is none of start, stop, retire, wage", "action");
    public static readonly Refusal FlexibleHasNoWage = new(RefusalKind.Precondition, "employment.flexible_has_no_wage", "灵活就业人员按所选基数缴费，不申报工资", "a flexible worker chooses a base and declares no wage", "wage");
    public static readonly Refusal ChoiceUnknown = new(RefusalKind.Invalid, "employment.choice_unknown", "该月政策没有此缴费档次", "the policy of that month offers no such choice of rates", "choice");
    public static readonly Refusal BaseUnknown = new(RefusalKind.Invalid, "employment.base_unknown", "该月政策没有此缴费基数比例", "the policy of that month offers no such base", "base_bp");
    public static readonly Refusal PersonDead = new(RefusalKind.Precondition, "person.dead", "该人员已登记死亡", "the person has died", "psn_no");

    private static readonly FrozenDictionary<string, Refusal> Conflicts =
        new[] { EmploymentUnknown, NotEmployed, StoppedAlready, EndsBeforeStart, OtherGoesOn, CoveredElsewhere, CoverHasCredit, RowRepeated, FlexibleHasNoWage }.ToFrozenDictionary(r => r.Code);

    /// <summary>The refusal that the statements of <see cref="ApplyStaff"/> name by its code.</summary>
    public static Refusal OfCode(string code) => Conflicts[code];
}
