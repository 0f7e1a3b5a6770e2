namespace MedInsure.Settlement.Ledger;

/// <summary>What ledger accounts beside those of settlements (<see cref="SettlementEntries"/>) are for. Of 收支两条线 (Bj, seed-facts.md section 4): money comes into the agency's revenue
/// account or the treasury's special fiscal account, and is paid from the expenditure account.</summary>
internal static class LedgerPurposes
{
    public const string FiscalAccount = "fiscal_account", RevenueAccount = "revenue_account", ExpenditureAccount = "expenditure_account", Suspense = "suspense", FundSplit = "fund_split", AccumulatedSurplus = "accumulated_surplus";

    /// <summary>Revenue by source: revenue_personal, revenue_central …</summary>
    public static string Revenue(string source) => "revenue_" + source;

    /// <summary>As IncomeReceived names them.</summary>
    public static readonly string[] Sources = ["personal", "central", "province", "city", "county", "employer", "employee", "collective", "aid", "interest", "late_charge", "transfer_in"];

    public static readonly string[] All =
    [
        SettlementEntries.BenefitExpense, SettlementEntries.PersonalAccount, SettlementEntries.ProviderPayable, SettlementEntries.CountyPayable, SettlementEntries.InsurerReceivable, SettlementEntries.PersonPayable,
        FiscalAccount, RevenueAccount, ExpenditureAccount, Suspense, FundSplit, AccumulatedSurplus, .. Sources.Select(Revenue),
    ];
}
