using System.Collections.Frozen;
using MedInsure.Reporting.Reports.Definitions;

namespace MedInsure.Reporting.Reports;

/// <summary>Every report of this release.</summary>
internal static class ReportBook
{
    public static readonly IReadOnlyList<ReportDefinition> All =
    [
        Enrolment.Report, Enrolment.ByPlace, Collection.Report, CollectionRate.Report, FundLines.Report, BenefitsByCare.Report, BenefitsByCounty.Report, BenefitsByLevel.Report, BenefitsByProvider.Report, CriticalIllnessCases.Report,
        AssistanceByCategory.Report, PremiumAid.Report, PoorLines.Report, OffSite.Report, ByDisease.Report, Supervision.Report, Supervision.Sanctions, FundStandings.Report, GuichiTable.Report, ShizhuTable.Report,
    ];

    private static readonly FrozenDictionary<string, ReportDefinition> ByCode = All.ToFrozenDictionary(r => r.Code);

    public static ReportDefinition? Find(string? code) => code is null ? null : ByCode.GetValueOrDefault(code);
}
