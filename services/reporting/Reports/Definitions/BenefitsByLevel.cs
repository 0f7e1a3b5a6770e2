namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>待遇 by provider level: shares of stays and money at township and county hospitals (seed-facts.md 6.5).</summary>
internal static class BenefitsByLevel
{
    public static readonly ReportDefinition Report = new()
    {
        Code = "benefits_by_level", Zh = "待遇享受情况表（按机构等级）", En = "Benefits by provider level", Purpose = "statutory", From = ClaimColumns.From, Who = "f.psn_no",
        Columns =
        [
            ClaimColumns.Level, ClaimColumns.CareType, ClaimColumns.Visits, ClaimColumns.Persons, ClaimColumns.Total, ClaimColumns.InScope, ClaimColumns.Basic, ClaimColumns.Fund, ClaimColumns.EligibleShare, ClaimColumns.PolicyRatio,
            ClaimColumns.ActualRatio, ClaimColumns.FundPerVisit, ClaimColumns.Stays, ClaimColumns.StayTotal, ClaimColumns.BedDays, ClaimColumns.CostPerStay, ClaimColumns.CostPerBedDay, ClaimColumns.DaysPerStay,
            .. ClaimColumns.Growth(ClaimColumns.Visits), .. ClaimColumns.Growth(ClaimColumns.Fund), .. ClaimColumns.Growth(ClaimColumns.Stays), .. ClaimColumns.Growth(ClaimColumns.StayTotal), .. ClaimColumns.Growth(ClaimColumns.CostPerStay),
        ],
    };
}
