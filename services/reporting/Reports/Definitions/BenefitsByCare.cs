namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>待遇享受情况: by kind of care, as Gc and Sz report it (seed-facts.md 6.2, 6.6).</summary>
internal static class BenefitsByCare
{
    public static readonly ReportDefinition Report = new()
    {
        Code = "benefits", Zh = "待遇享受情况表（按医疗类别）", En = "Benefits by kind of care", Purpose = "statutory", From = ClaimColumns.From, Who = "f.psn_no", Columns = [ClaimColumns.Care, .. Figures],
        Notes = ["人数按人员编号去重，各类别人数之和可大于合计。"],
    };

    /// <summary>Those of <see cref="Report"/>, for the same by county.</summary>
    public static IEnumerable<ReportColumn> Figures =>
    [
        ClaimColumns.Visits, ClaimColumns.Persons, ClaimColumns.Total, ClaimColumns.InScope, ClaimColumns.Basic, ClaimColumns.Critical, ClaimColumns.Assistance, ClaimColumns.OtherFunds, ClaimColumns.Fund, ClaimColumns.Account,
        ClaimColumns.Cash, ClaimColumns.EligibleShare, ClaimColumns.PolicyRatio, ClaimColumns.ActualRatio, ClaimColumns.FundPerVisit, ClaimColumns.Stays, ClaimColumns.StayTotal, ClaimColumns.BedDays, ClaimColumns.CostPerStay,
        ClaimColumns.CostPerBedDay, ClaimColumns.DaysPerStay, .. ClaimColumns.Growth(ClaimColumns.Visits), .. ClaimColumns.Growth(ClaimColumns.Fund), .. ClaimColumns.Growth(ClaimColumns.Total),
        .. ClaimColumns.Growth(ClaimColumns.Stays), .. ClaimColumns.Growth(ClaimColumns.StayTotal), .. ClaimColumns.Growth(ClaimColumns.CostPerStay),
        ClaimColumns.Fund with { Key = "fund_ytd", Zh = "本年累计基金支付", En = "all funds, year to date", Span = ReportSpan.YearToDate },
        ClaimColumns.Visits with { Key = "visits_ytd", Zh = "本年累计人次", En = "visits, year to date", Span = ReportSpan.YearToDate },
    ];
}
