namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>待遇享受情况 by county and kind of care.</summary>
internal static class BenefitsByCounty
{
    public static readonly ReportDefinition Report = BenefitsByCare.Report with
    {
        Code = "benefits_by_county", Zh = "待遇享受情况表（按县区）", En = "Benefits by county and kind of care", Columns = [ClaimColumns.County, ClaimColumns.Care, .. BenefitsByCare.Figures],
    };
}
