namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>What reports of settlements share: a row is an act on a bill, what is reversed negative, in the month in which it was settled or reversed.</summary>
internal static class ClaimColumns
{
    public const string From = "SELECT c.setl_id || ':' || c.seq || '.' || c.idx || '.' || c.part AS number, c.settled_on AS on_day, c.* FROM claim c";

    private const string OfSettlements = "；来源：各县区结算日志（结算日口径，退费冲减），seed-facts.md 6.6";

    /// <summary>Delivery is 52 or paid as such; 14 are the filed diseases; a year-end benefit has no kind of visit.</summary>
    public const string CareSql = """
        CASE WHEN f.kind = 'granted' THEN 'year_end' WHEN f.clr_type = '41' THEN 'pharmacy' WHEN f.med_type LIKE '52%' OR f.fixed_kind = 'delivery' THEN 'delivery' WHEN f.clr_type = '21' THEN 'inpatient'
          WHEN f.med_type LIKE '14%' THEN CASE WHEN f.disease_kind LIKE 'special%' THEN 'special' ELSE 'chronic' END WHEN f.med_type IN ('11', '12', '13', '16') THEN 'ordinary' ELSE 'other' END
        """;

    public const string IsStay = "f.clr_type = '21'";

    public static readonly Dimension County = new("county", "县区", "county", "参保地县区（行政区划代码）", "f.county", CodeNames.Place);
    public static readonly Dimension Care = new("care", "医疗类别", "kind of care", "按医疗类别与备案病种归类：住院、分娩、特殊疾病门诊、慢性病门诊、普通门诊、药店、其他；national-interface.md 3", CareSql, ReportNames.Care);
    public static readonly Dimension CareType = new("care_type", "清算类别", "kind of clearing", "清算类别：11门诊、21住院、41药店；national-interface.md 3", "f.clr_type", ReportNames.CareType);
    public static readonly Dimension Level = new("level", "机构等级", "level", "定点机构待遇等级，seed-facts.md 2", "f.provider_level", ReportNames.Level);
    public static readonly Dimension Provider = new("provider", "定点机构", "provider", "定点医药机构编码", "f.fixmedins_code", CodeNames.Provider);
    public static readonly Dimension Category = new("category", "人员身份", "category", "结算日有效的困难身份；有多种身份的按特困、低保、建档立卡……顺序计一次（顺序为假定）", ReportNames.FirstCategory, ReportNames.Category);

    public static readonly Measure Visits = new("visits", "人次", "visits", ReportUnit.Count, "本期结算的就诊人次，同一次就诊只计一次，退费冲减" + OfSettlements, "f.visits");
    public static readonly Measure Persons = new("persons", "人数", "persons", ReportUnit.Count, "本期有待遇结算的参保人数，跨类别的合计中每人只计一次" + OfSettlements, "f.visits", Distinct: true);
    public static readonly Measure Total = new("total", "医疗总费用", "total cost", ReportUnit.Yuan, "医疗费用总额" + OfSettlements, "f.total_fen");
    public static readonly Measure InScope = new("in_scope", "政策范围内费用", "cost in scope", ReportUnit.Yuan, "符合三个目录范围的费用" + OfSettlements, "f.in_scope_fen");
    public static readonly Measure Basic = new("basic", "基本统筹支付", "basic fund", ReportUnit.Yuan, "基本医疗保险统筹基金支付" + OfSettlements, "f.basic_fund_fen");
    public static readonly Measure Critical = new("critical", "大病保险支付", "critical illness", ReportUnit.Yuan, "大病保险支付" + OfSettlements, "f.critical_illness_fen");
    public static readonly Measure Assistance = new("assistance", "医疗救助支付", "assistance", ReportUnit.Yuan, "医疗救助基金支付" + OfSettlements, "f.assistance_fen");
    public static readonly Measure OtherFunds = new("other_funds", "其他基金支付", "other funds", ReportUnit.Yuan, "公务员补助、企业补充、大额补助、兜底及其他基金支付（不含商业补充险）" + OfSettlements, "f.fund_total_fen - f.basic_fund_fen - f.critical_illness_fen - f.assistance_fen");
    public static readonly Measure Fund = new("fund", "基金支付合计", "all funds", ReportUnit.Yuan, "各项基金支付合计" + OfSettlements, "f.fund_total_fen");
    public static readonly Measure Account = new("account", "个人账户支付", "from accounts", ReportUnit.Yuan, "个人账户支付（含共济）" + OfSettlements, "f.account_fen + f.family_account_fen");
    public static readonly Measure Cash = new("cash", "个人现金支付", "cash", ReportUnit.Yuan, "个人现金支付" + OfSettlements, "f.cash_fen");
    public static readonly Measure Stays = new("stays", "住院人次", "stays", ReportUnit.Count, "住院（清算类别21）人次" + OfSettlements, $"CASE WHEN {IsStay} THEN f.visits ELSE 0 END");
    public static readonly Measure StayTotal = new("stay_total", "住院总费用", "cost of stays", ReportUnit.Yuan, "住院医疗总费用" + OfSettlements, $"CASE WHEN {IsStay} THEN f.total_fen ELSE 0 END");
    public static readonly Measure BedDays = new("bed_days", "床日", "bed-days", ReportUnit.Count, "住院床日，每次住院至少一日" + OfSettlements, "f.bed_days");

    public static readonly Derived EligibleShare = new("eligible_share", "政策范围内费用占比", "share in scope", ReportUnit.Percent, "政策范围内费用÷医疗总费用；seed-facts.md 6.2", "in_scope", "total");
    public static readonly Derived PolicyRatio = new("policy_ratio", "政策范围内报销比", "policy-scope ratio", ReportUnit.Percent, "基本统筹支付÷政策范围内费用；seed-facts.md 6.6", "basic", "in_scope");
    public static readonly Derived ActualRatio = new("actual_ratio", "实际补偿比", "actual ratio", ReportUnit.Percent, "基金支付合计÷医疗总费用；seed-facts.md 6.2", "fund", "total");
    public static readonly Derived FundPerVisit = new("fund_per_visit", "次均补偿", "benefit per visit", ReportUnit.Yuan, "基金支付合计÷人次；seed-facts.md 6.5", "fund", "visits");
    public static readonly Derived CostPerStay = new("cost_per_stay", "次均住院费用", "cost per stay", ReportUnit.Yuan, "住院总费用÷住院人次；seed-facts.md 6.2", "stay_total", "stays");
    public static readonly Derived CostPerBedDay = new("cost_per_bed_day", "床日费用", "cost per bed-day", ReportUnit.Yuan, "住院总费用÷床日；seed-facts.md 6.2", "stay_total", "bed_days");
    public static readonly Derived DaysPerStay = new("days_per_stay", "平均住院日", "days per stay", ReportUnit.Days, "床日÷住院人次；seed-facts.md 6.2", "bed_days", "stays");

    /// <summary>The same figure a year before, and by how much this one is more.</summary>
    public static IEnumerable<ReportColumn> Growth(Measure measure) =>
    [
        measure with { Key = measure.Key + "_before", Zh = "上年同期" + measure.Zh, En = measure.En + ", a year before", Definition = "上年同期的" + measure.Definition, Span = ReportSpan.YearBefore },
        new Derived(measure.Key + "_growth", measure.Zh + "增长", "growth of " + measure.En, ReportUnit.Percent, $"（本期{measure.Zh}－上年同期）÷上年同期；seed-facts.md 6.2", measure.Key, measure.Key + "_before", Growth: true),
    ];

    public static IEnumerable<ReportColumn> Growth(Derived derived) =>
    [
        derived with { Key = derived.Key + "_before", Zh = "上年同期" + derived.Zh, En = derived.En + ", a year before", Over = derived.Over + "_before", Under = derived.Under + "_before" },
        new Derived(derived.Key + "_growth", derived.Zh + "增长", "growth of " + derived.En, ReportUnit.Percent, $"（本期{derived.Zh}－上年同期）÷上年同期；seed-facts.md 6.2", derived.Key, derived.Key + "_before", Growth: true),
    ];
}
