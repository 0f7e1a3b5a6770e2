namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>异地就医: by county and filing, of it out of the province and at the window (Gc, seed-facts.md 6.6).</summary>
internal static class OffSite
{
    private const string OutOfProvince = "f.provider_county <> '' AND left(f.provider_county, 2) <> left(f.county, 2)";

    public static readonly ReportDefinition Report = new()
    {
        Code = "off_site", Zh = "异地就医结算情况表", En = "Off-site care", Purpose = "statutory", From = ClaimColumns.From + " WHERE c.off_site", Who = "f.psn_no",
        Columns =
        [
            ClaimColumns.County, new Dimension("filed", "备案", "filing", "结算时有无有效的异地就医备案或转诊", "CASE WHEN f.filed THEN 'filed' ELSE 'unfiled' END", ReportNames.Filed),
            ClaimColumns.Visits, ClaimColumns.Persons,
            new Measure("cross_province", "跨省人次", "cross-province visits", ReportUnit.Count, "就医地与参保地不同省的人次；来源：各县区结算日志，seed-facts.md 6.6", $"CASE WHEN {OutOfProvince} THEN f.visits ELSE 0 END"),
            new Measure("direct", "直接结算人次", "settled at the window", ReportUnit.Count, "在就医地直接结算（非手工报销）的人次；来源：各县区结算日志，seed-facts.md 6.6", "CASE WHEN f.paper THEN 0 ELSE f.visits END"),
            new Derived("direct_share", "直接结算率", "share settled at the window", ReportUnit.Percent, "直接结算人次÷人次", "direct", "visits"),
            ClaimColumns.Total, ClaimColumns.InScope, ClaimColumns.Basic, ClaimColumns.Fund, ClaimColumns.PolicyRatio, ClaimColumns.ActualRatio, .. ClaimColumns.Growth(ClaimColumns.Visits), .. ClaimColumns.Growth(ClaimColumns.Fund),
        ],
    };
}
