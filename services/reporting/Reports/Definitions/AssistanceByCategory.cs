namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>医疗救助直接救助: by category, with the one-stop share (Gc, seed-facts.md 6.6).</summary>
internal static class AssistanceByCategory
{
    public static readonly ReportDefinition Report = new()
    {
        Code = "assistance", Zh = "医疗救助情况表（按救助对象）", En = "Medical assistance by category", Purpose = "statutory", From = ClaimColumns.From + " WHERE c.assistance_fen <> 0", Who = "f.psn_no",
        Columns =
        [
            ClaimColumns.Category,
            ClaimColumns.Visits with { Zh = "救助人次", En = "assisted visits", Definition = "医疗救助有支付的结算人次；来源：各县区结算日志，seed-facts.md 6.6" },
            ClaimColumns.Persons with { Zh = "救助人数", En = "assisted persons", Definition = "医疗救助有支付的人数，每人计一次；来源：各县区结算日志" },
            new Measure("one_stop", "一站式结算人次", "one-stop visits", ReportUnit.Count, "在定点机构窗口直接结算（非手工报销）的救助人次；来源：各县区结算日志，seed-facts.md 6.6", "CASE WHEN f.paper THEN 0 ELSE f.visits END"),
            new Derived("one_stop_share", "一站式占比", "one-stop share", ReportUnit.Percent, "一站式结算人次÷救助人次；seed-facts.md 6.6", "one_stop", "visits"),
            new Measure("severe", "重特大疾病救助人次", "severe illness", ReportUnit.Count, "同一结算大病保险也有支付的救助人次（以此认定重特大疾病，为假定）；seed-facts.md 2.8", "CASE WHEN f.critical_illness_fen <> 0 THEN f.visits ELSE 0 END"),
            new Derived("severe_share", "重特大疾病占比", "share of severe illness", ReportUnit.Percent, "重特大疾病救助人次÷救助人次；目标不低于28%，seed-facts.md 2.8", "severe", "visits"),
            new Measure("burden", "政策范围内自负费用", "burden before", ReportUnit.Yuan, "政策范围内费用扣除基本、大病、公务员、企业、大额补助后的费用；来源：各县区结算日志，seed-facts.md 6.6",
                "f.in_scope_fen - f.basic_fund_fen - f.critical_illness_fen - f.civil_servant_fen - f.enterprise_fen - f.large_sum_fen"),
            ClaimColumns.Assistance,
            new Derived("ratio", "救助比例", "ratio", ReportUnit.Percent, "医疗救助支付÷政策范围内自负费用；目标不低于70%，seed-facts.md 2.8、6.6", "assistance", "burden"),
            .. ClaimColumns.Growth(ClaimColumns.Visits), .. ClaimColumns.Growth(ClaimColumns.Assistance),
        ],
    };
}
