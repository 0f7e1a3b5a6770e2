namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>The half-year report's table, in its layout (Sz, seed-facts.md 6.2).</summary>
internal static class ShizhuTable
{
    private static readonly (string Dimension, string Code) Residents = ("insutype", "390"), Employees = ("insutype", "310"), Maternity = ("insutype", "510"), Stay = ("care", "inpatient"), CountyHospital = ("level", "2"), Township = ("level", "community"), Stays = ("care_type", "21");

    private static readonly string[] Categories = ["", "low_income", "severely_disabled", "extreme_hardship", "priority_group", "family_planning_aided"];

    public static readonly ReportDefinition Report = new()
    {
        Code = "shizhu", Zh = "医疗保险运行情况表", En = "Half-year report of the insurance", Purpose = "statutory", From = "", Columns = LayoutTable.Columns,
        Lines =
        [
            new("参保", "居民参保人数", "insured residents", ReportUnit.Count, new("enrolment", "insured", Residents)),
            .. Categories.Select(c => new LayoutLine("参保", "其中：" + ReportNames.Category.List[c].Zh, "of them " + ReportNames.Category.List[c].En, ReportUnit.Count, new("enrolment", "insured", Residents, ("category", c)))),
            new("参保", "职工参保人数", "insured employees", ReportUnit.Count, new("enrolment", "insured", Employees)),
            new("参保", "生育保险参保人数", "maternity insurance", ReportUnit.Count, new("enrolment", "insured", Maternity)),
            new("筹资", "居民基金到账", "residents, received", ReportUnit.Yuan, new("collection", "amount", Residents)),
            new("筹资", "居民个人征缴率", "residents, collection rate", ReportUnit.Percent, new("collection_rate", "collection_rate", Residents)),
            new("筹资", "财政补助到位率", "subsidies arrived", ReportUnit.Percent, new("collection_rate", "subsidy_rate", Residents)),
            new("筹资", "职工基金到账", "employees, received", ReportUnit.Yuan, new("collection", "amount", Employees)),
            new("筹资", "生育基金到账", "maternity, received", ReportUnit.Yuan, new("collection", "amount", Maternity)),
            new("支出", "待遇支出", "paid", ReportUnit.Yuan, new("benefits", "fund")),
            new("支出", "住院支出", "stays, paid", ReportUnit.Yuan, new("benefits", "fund", Stay)),
            new("支出", "住院支出占比", "stays, share", ReportUnit.Percent, new("benefits", "fund", Stay), new("benefits", "fund")),
            new("支出", "大病保险支出", "critical illness", ReportUnit.Yuan, new("benefits", "critical")),
            new("支出", "大病保险支出占比", "critical illness, share", ReportUnit.Percent, new("benefits", "critical"), new("benefits", "fund")),
            new("支出", "待遇支出占到账", "paid of received", ReportUnit.Percent, new("benefits", "fund"), new("collection", "amount")),
            new("受益", "受益人数", "persons", ReportUnit.Count, new("benefits", "persons")),
            new("受益", "受益人次", "visits", ReportUnit.Count, new("benefits", "visits")),
            new("受益", "受益面（人数）", "coverage, persons", ReportUnit.Percent, new("benefits", "persons"), new("enrolment", "insured")),
            new("受益", "受益面（人次）", "coverage, visits", ReportUnit.Percent, new("benefits", "visits"), new("enrolment", "insured")),
            new("住院", "次均补偿", "benefit per stay", ReportUnit.Yuan, new("benefits", "fund_per_visit", Stay)),
            new("住院", "实际补偿比", "actual ratio", ReportUnit.Percent, new("benefits", "actual_ratio", Stay)),
            new("住院", "政策范围内补偿比", "policy-scope ratio", ReportUnit.Percent, new("benefits", "policy_ratio", Stay)),
            new("住院", "住院总费用", "cost of stays", ReportUnit.Yuan, new("benefits", "stay_total", Stay)),
            new("县级医院", "政策范围内费用占比", "eligible share", ReportUnit.Percent, new("benefits_by_level", "eligible_share", CountyHospital, Stays)),
            new("县级医院", "实际补偿比", "actual ratio", ReportUnit.Percent, new("benefits_by_level", "actual_ratio", CountyHospital, Stays)),
            new("县级医院", "次均住院费用", "cost per stay", ReportUnit.Yuan, new("benefits_by_level", "cost_per_stay", CountyHospital, Stays)),
            new("县级医院", "床日费用", "cost per bed-day", ReportUnit.Yuan, new("benefits_by_level", "cost_per_bed_day", CountyHospital, Stays)),
            new("乡镇卫生院", "次均住院费用", "cost per stay", ReportUnit.Yuan, new("benefits_by_level", "cost_per_stay", Township, Stays)),
            new("乡镇卫生院", "床日费用", "cost per bed-day", ReportUnit.Yuan, new("benefits_by_level", "cost_per_bed_day", Township, Stays)),
            new("乡镇卫生院", "实际补偿比", "actual ratio", ReportUnit.Percent, new("benefits_by_level", "actual_ratio", Township, Stays)),
            new("监管", "回访次数", "call-backs", ReportUnit.Count, new("supervision", "work_count", ("work", "call_back"))),
            new("监管", "立案数", "cases", ReportUnit.Count, new("supervision", "opened")),
            new("监管", "追回违规本金", "principal", ReportUnit.Yuan, new("supervision", "principal")),
            new("监管", "违约金", "damages", ReportUnit.Yuan, new("supervision", "damages")),
        ],
        PeriodKinds = [ReportPeriod.Month, ReportPeriod.Quarter, ReportPeriod.Year],
        Notes = ["登记系统不区分农村与城镇居民，乡镇卫生院即按床日付费试点层级（community）。"],
    };
}
