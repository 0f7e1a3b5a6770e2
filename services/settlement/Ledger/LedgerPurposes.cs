namespace MedInsure.Settlement.Ledger;

/// <summary>What ledger accounts beside those of settlements (<see cref="SettlementEntries"/>) are for. Of 收支两条线 (Bj, seed-facts.md section 4): money comes into the agency's revenue
/// account or the treasury's special fiscal account, and is paid from the expenditure account.</summary>
internal static class LedgerPurposes
{
    public const string FiscalAccount = "fiscal_account", RevenueAccount = "revenue_account", ExpenditureAccount = "expenditure_account", Suspense = "suspense", FundSplit = "fund_split", AccumulatedSurplus = "accumulated_surplus";

    /// <summary>Owed by the home county of an off-county claim, its counterparty: the mirror of that county's county_payable.</summary>
    public const string CountyReceivable = "county_receivable";

    /// <summary>Of a provider, the counterparty: paid ahead; withheld until scored (质量保证金); what its payment method gives beyond (debit) or below (credit) what was settled; deducted from its claims.</summary>
    public const string ProviderPrepayment = "provider_prepayment", ProviderDeposit = "provider_deposit", PaymentMethodResult = "payment_method_result", DeductionIncome = "deduction_income";

    /// <summary>A county's money at the city, and at the city the counties' (counterparty: the county). The city's risk adjustment fund; what a county itself must bear.</summary>
    public const string CityPool = "city_pool", SubAccount = "sub_account", RiskFund = "risk_fund", CountyDeficit = "county_deficit";

    /// <summary>Of an insurer, the counterparty: premiums as expense; what is owed to it. insurer_receivable is what it owes.</summary>
    public const string InsurerPremium = "insurer_premium", InsurerPayable = "insurer_payable";

    /// <summary>Revenue by source: revenue_personal, revenue_central …</summary>
    public static string Revenue(string source) => "revenue_" + source;

    /// <summary>As IncomeReceived names them.</summary>
    public static readonly string[] Sources = ["personal", "central", "province", "city", "county", "employer", "employee", "collective", "aid", "interest", "late_charge", "transfer_in"];

    public static readonly string[] All =
    [
        SettlementEntries.BenefitExpense, SettlementEntries.PersonalAccount, SettlementEntries.ProviderPayable, SettlementEntries.CountyPayable, SettlementEntries.InsurerReceivable, SettlementEntries.PersonPayable,
        FiscalAccount, RevenueAccount, ExpenditureAccount, Suspense, FundSplit, AccumulatedSurplus, CountyReceivable, ProviderPrepayment, ProviderDeposit, PaymentMethodResult, DeductionIncome,
        CityPool, SubAccount, RiskFund, CountyDeficit, InsurerPremium, InsurerPayable, .. Sources.Select(Revenue),
    ];
}
