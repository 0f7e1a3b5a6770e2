namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>What providers posted and are held to: mean costs, ratios, growth (Co, Sz, Yh; seed-facts.md 5.2, 6.2).</summary>
internal static class BenefitsByProvider
{
    private static readonly Dimension ProviderCounty = new("provider_county", "机构所在县区", "provider's county", "与机构签订协议的县区", "f.provider_county", CodeNames.Place);

    public static readonly ReportDefinition Report = BenefitsByLevel.Report with
    {
        Code = "benefits_by_provider", Zh = "定点机构费用与补偿情况表", En = "Benefits by provider", Purpose = "management",
        Columns = [ProviderCounty, ClaimColumns.Provider, .. BenefitsByLevel.Report.Columns.Where(c => c is not Dimension), ClaimColumns.Cash],
    };
}
