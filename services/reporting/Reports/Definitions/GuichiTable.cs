namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>The self-check's table of a year to date, in its layout (Gc, seed-facts.md 6.6).</summary>
internal static class GuichiTable
{
    private static readonly (string Dimension, string Code) Residents = ("insutype", "390");

    private static readonly (string Code, string Zh, string En)[] Cares = [("inpatient", "住院", "inpatient"), ("delivery", "住院分娩", "delivery"), ("chronic", "慢性病门诊", "chronic outpatient"), ("special", "特殊疾病门诊", "special outpatient"), ("ordinary", "普通门诊", "ordinary outpatient"), ("other", "其他门诊", "other outpatient")];

    public static readonly ReportDefinition Report = new()
    {
        Code = "guichi", Zh = "城乡居民医保工作自查情况表", En = "Self-check of residents' insurance", Purpose = "statutory", From = "", Columns = LayoutTable.Columns,
        Lines =
        [
            new("参保", "居民参保人数", "insured residents", ReportUnit.Count, new("enrolment", "insured", Residents)),
            new("筹资", "居民基金到账", "received", ReportUnit.Yuan, new("collection", "amount", Residents)),
            new("待遇", "补偿人次", "visits", ReportUnit.Count, new("benefits", "visits")),
            .. Cares.Select(c => new LayoutLine("待遇", c.Zh + "人次", c.En + ", visits", ReportUnit.Count, new("benefits", "visits", ("care", c.Code)))),
            new("待遇", "基金支出", "paid", ReportUnit.Yuan, new("benefits", "fund")),
            .. Cares.Select(c => new LayoutLine("待遇", c.Zh + "支出", c.En + ", paid", ReportUnit.Yuan, new("benefits", "fund", ("care", c.Code)))),
            .. Cares.Select(c => new LayoutLine("待遇", c.Zh + "次均补偿", c.En + ", mean", ReportUnit.Yuan, new("benefits", "fund_per_visit", ("care", c.Code)))),
            new("待遇", "住院政策范围内报销比", "policy-scope ratio of stays", ReportUnit.Percent, new("benefits", "policy_ratio", ("care", "inpatient"))),
            new("按病种", "住院人次", "stays", ReportUnit.Count, new("by_disease", "stays")),
            new("按病种", "按病种付费人次", "stays per disease", ReportUnit.Count, new("by_disease", "per_disease")),
            new("按病种", "按病种付费执行率", "execution rate", ReportUnit.Percent, new("by_disease", "execution_rate")),
            new("大病保险", "保费", "premiums", ReportUnit.Yuan, new("critical_illness", "premium")),
            new("大病保险", "补偿人次", "cases", ReportUnit.Count, new("critical_illness", "cases")),
            new("大病保险", "赔付金额", "paid", ReportUnit.Yuan, new("critical_illness", "paid")),
            new("大病保险", "赔付率", "loss ratio", ReportUnit.Percent, new("critical_illness", "loss_ratio")),
            new("大病保险", "补偿比", "ratio", ReportUnit.Percent, new("critical_illness", "ratio")),
            new("资助参保", "资助人数", "aided", ReportUnit.Count, new("premium_aid", "persons")),
            new("资助参保", "全额资助人数", "aided whole", ReportUnit.Count, new("premium_aid", "whole")),
            new("资助参保", "定额资助人数", "aided by a fixed amount", ReportUnit.Count, new("premium_aid", "fixed")),
            new("资助参保", "资助金额", "aid", ReportUnit.Yuan, new("premium_aid", "aid")),
            new("直接救助", "救助人次", "assisted", ReportUnit.Count, new("assistance", "visits")),
            new("直接救助", "一站式结算人次", "one-stop", ReportUnit.Count, new("assistance", "one_stop")),
            new("直接救助", "一站式占比", "one-stop share", ReportUnit.Percent, new("assistance", "one_stop_share")),
            new("直接救助", "救助金额", "assistance", ReportUnit.Yuan, new("assistance", "assistance")),
            new("直接救助", "救助比例", "ratio", ReportUnit.Percent, new("assistance", "ratio")),
            new("直接救助", "重特大疾病救助人次", "severe illness", ReportUnit.Count, new("assistance", "severe")),
            new("直接救助", "重特大疾病占比", "share of severe illness", ReportUnit.Percent, new("assistance", "severe_share")),
            new("困难群众", "就诊人次", "visits", ReportUnit.Count, new("poor_lines", "visits")),
            new("困难群众", "医疗总费用", "cost", ReportUnit.Yuan, new("poor_lines", "total")),
            new("困难群众", "五条线合计", "five lines", ReportUnit.Yuan, new("poor_lines", "five_lines")),
            new("困难群众", "基本医保", "basic", ReportUnit.Yuan, new("poor_lines", "basic")),
            new("困难群众", "大病保险", "critical illness", ReportUnit.Yuan, new("poor_lines", "critical")),
            new("困难群众", "医疗救助", "assistance", ReportUnit.Yuan, new("poor_lines", "assistance")),
            new("困难群众", "351兜底", "backstop 351", ReportUnit.Yuan, new("poor_lines", "backstop")),
            new("困难群众", "180补充", "supplement 180", ReportUnit.Yuan, new("poor_lines", "supplement")),
            new("困难群众", "综合补偿比", "actual ratio", ReportUnit.Percent, new("poor_lines", "five_lines_ratio")),
            new("困难群众", "180补充人次", "supplement 180, visits", ReportUnit.Count, new("poor_lines", "supplement_visits")),
            new("异地就医", "异地就医人次", "off-site", ReportUnit.Count, new("off_site", "visits")),
            new("异地就医", "其中：跨省", "cross-province", ReportUnit.Count, new("off_site", "cross_province")),
            new("监管", "追回基金", "recovered", ReportUnit.Yuan, new("supervision", "recovered")),
            new("监管", "处理措施次数", "sanctions", ReportUnit.Count, new("sanctions", "imposed")),
        ],
        PeriodKinds = [ReportPeriod.Month, ReportPeriod.Quarter, ReportPeriod.Year],
        Notes = ["参保人数为期末数；满意度、宣传等非系统数据不在本表。"],
    };
}
