namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>按病种付费执行率: stays paid per disease of all stays, goal 50 % (Gc, seed-facts.md 2.8, 6.6).</summary>
internal static class ByDisease
{
    private const string PerDisease = "f.fixed_kind = 'per_disease'";

    public static readonly ReportDefinition Report = new()
    {
        Code = "by_disease", Zh = "按病种付费执行情况表", En = "Payment by disease", Purpose = "statutory", From = ClaimColumns.From + " WHERE c.clr_type = '21'",
        Columns =
        [
            ClaimColumns.County, ClaimColumns.Level, ClaimColumns.Stays,
            new Measure("per_disease", "按病种付费人次", "stays per disease", ReportUnit.Count, "按病种定额结算的住院人次；来源：各县区结算日志，seed-facts.md 6.6", $"CASE WHEN {PerDisease} THEN f.visits ELSE 0 END"),
            new Derived("execution_rate", "按病种付费执行率", "execution rate", ReportUnit.Percent, "按病种付费人次÷住院人次；目标50%，seed-facts.md 2.8、6.6", "per_disease", "stays"),
            new Measure("other_fixed", "其他定额结算人次", "other fixed amounts", ReportUnit.Count, "按床日、按眼、分娩等定额结算的住院人次；来源：各县区结算日志", $"CASE WHEN f.fixed_kind <> '' AND NOT ({PerDisease}) THEN f.visits ELSE 0 END"),
            new Measure("per_disease_fund", "按病种付费基金支付", "funds paid per disease", ReportUnit.Yuan, "按病种结算住院的基金支付；来源：各县区结算日志", $"CASE WHEN {PerDisease} THEN f.fund_total_fen ELSE 0 END"),
            new Measure("per_disease_total", "按病种付费总费用", "cost of stays per disease", ReportUnit.Yuan, "按病种结算住院的医疗总费用；来源：各县区结算日志", $"CASE WHEN {PerDisease} THEN f.total_fen ELSE 0 END"),
            ClaimColumns.StayTotal,
        ],
    };
}
