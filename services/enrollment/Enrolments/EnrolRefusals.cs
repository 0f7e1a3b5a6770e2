using MedInsure.Kernel;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>Why somebody is not enrolled, in the order in which it is looked at; of a list's rows too.</summary>
internal static class EnrolRefusals
{
    public static readonly Refusal YearInvalid = new(RefusalKind.Invalid, "enrol.year_invalid", "参保年度须为今年或明年", "the covered year is neither this nor the next", "year");
    public static readonly Refusal WhoUnknown = new(RefusalKind.Invalid, "enrol.who_unknown", "参保人员种类不是缴费政策规定的种类", "the pack knows no such kind of person", "who");
    public static readonly Refusal EventMissing = new(RefusalKind.Invalid, "enrol.event_missing", "缺少出生、婚嫁、迁入或认定日期，或日期晚于今天", "the day of the birth, marriage, move or recognition is missing or lies after today", "event_on");
    public static readonly Refusal PersonsInvalid = new(RefusalKind.Invalid, "enrol.persons_invalid", $"一次须登记1至{PersonsMax}人", $"1 to {PersonsMax} persons are enrolled at a time", "persons");
    public static readonly Refusal HouseholdMissing = new(RefusalKind.Invalid, "enrol.household_missing", "未提供户号或母亲的人员编号", "neither a household nor the mother's number is given", "household_no");
    public static readonly Refusal HouseholdUnknown = new(RefusalKind.NotFound, "enrol.household_unknown", "本县区没有该户", "nobody of this county has this household number", "household_no");

    public static readonly Refusal FieldMissing = new(RefusalKind.Invalid, "enrol.field_missing", "新参保人缺少证件、姓名、性别、出生日期或人员类别", "of a new person certificate, name, sex, birth and psn_type are needed");
    public static readonly Refusal TypeInvalid = new(RefusalKind.Invalid, "enrol.type_invalid", "人员类别无效或与险种不符", "is no psn_type, or does not belong to the scheme", "psn_type");
    public static readonly Refusal PersonTwice = new(RefusalKind.Invalid, "enrol.person_twice", "同一人在申请中出现两次", "the same person comes twice");
    public static readonly Refusal KeyDataDiffer = new(RefusalKind.Precondition, "enrol.key_data_differ", "姓名、性别或出生日期与登记不符，须先更正", "name, sex or birth differ from what is on file; a wrong entry is corrected first");
    public static readonly Refusal OtherHousehold = new(RefusalKind.Precondition, "enrol.other_household", "该人员登记在另一户，须先变更户籍", "the person belongs to another household; move the person first", "household_no");
    public static readonly Refusal NewbornKnown = new(RefusalKind.Conflict, "enrol.newborn_known", "该户已登记同名同出生日期的人员", "the household has a person of this name and birth", "psn_name");
    public static readonly Refusal EnrolledAlready = new(RefusalKind.Conflict, "enrol.enrolled_already", "该人员该险种年度已登记参保", "the person is enrolled for the scheme and year");
    public static readonly Refusal CoveredAlready = new(RefusalKind.Conflict, "enrol.covered_already", "该人员该年度已参保", "the person is covered by the scheme for all these days");

    public static readonly Refusal NotFemale = new(RefusalKind.Precondition, "enrol.mother_not_female", "母亲的登记性别不是女性", "the mother is not on file as a woman", "mother_no");
    public static readonly Refusal ExpectedInvalid = new(RefusalKind.Invalid, "enrol.expected_invalid", $"预产期须在今天之后{ExpectedDaysMax}天内", $"the birth is expected within {ExpectedDaysMax} days from today", "expected_on");
    public static readonly Refusal FoetusKnown = new(RefusalKind.Conflict, "enrol.foetus_known", "该母亲已有预缴的胎儿；多胞胎请注明", "the mother has a foetus enrolled; say if this is a twin", "mother_no");
    public static readonly Refusal FoetusUnknown = new(RefusalKind.NotFound, "enrol.foetus_unknown", "没有该预缴胎儿", "there is no such foetus", "psn_no");
    public static readonly Refusal FoetusSettled = new(RefusalKind.Conflict, "enrol.foetus_settled", "该胎儿已登记出生或终止", "its birth, or its end, is recorded with other content", "psn_no");
    public static readonly Refusal BirthInvalid = new(RefusalKind.Invalid, "enrol.birth_invalid", "出生日期晚于今天，或与预产期相差过大", "the birth lies after today, or too far from the day on which it was expected", "birth_on");

    public static readonly Refusal EnrolmentUnknown = new(RefusalKind.NotFound, "enrol.unknown", "没有该参保登记", "there is no such enrolment", "enrolment_no");
    public static readonly Refusal CoverBegun = new(RefusalKind.Precondition, "enrol.cover_begun", "参保待遇已开始，不能撤销登记", "the cover has begun; it cannot be as if it never was", "enrolment_no");
    public static readonly Refusal GroupMissing = new(RefusalKind.Invalid, "enrol.group_missing", "缺少学校名称", "the school's name is missing or too long", "school");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "enrol.state_unknown", "状态应为enrolled或withdrawn", "the state is none of enrolled, withdrawn", "state");

    /// <summary>A pregnancy's 40 weeks and some.</summary>
    public const int PersonsMax = 1_000, ExpectedDaysMax = 300;
}
