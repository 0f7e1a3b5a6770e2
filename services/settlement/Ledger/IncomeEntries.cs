using MedInsure.Events;

namespace MedInsure.Settlement.Ledger;

/// <summary>
/// The double entry of an income: the account that got the money against the revenue of its source. Personal accounts' part is a fund of its own, which balances in itself
/// (pool and personal accounts are kept apart: Co, seed-facts.md section 4). Money without an owner belongs to no fund yet.
/// </summary>
internal static class IncomeEntries
{
    /// <summary>Channel by which finance and whoever is asked for its part pays, straight into the special fiscal account.</summary>
    public const string Treasury = "treasury";

    public static List<LedgerEntry> Of(IncomeReceived income, string county)
    {
        var money = income.Channel == Treasury ? LedgerPurposes.FiscalAccount : LedgerPurposes.RevenueAccount;
        if (income.Source == LedgerPurposes.Suspense) return Pair(money, "", new(LedgerPurposes.Suspense, "", county, ""), income.AmountFen);
        return
        [
            .. Pair(money, FundOf(income.Insutype), new(LedgerPurposes.Revenue(income.Source), FundOf(income.Insutype), county, income.Payer), income.AmountFen - income.AccountFen),
            .. Pair(money, SettlementEntries.AccountFund, new(SettlementEntries.PersonalAccount, SettlementEntries.AccountFund, county, ""), income.AccountFen),
        ];

        // By channel, so that each bank's statement has its account.
        List<LedgerEntry> Pair(string to, string fund, LedgerAccount from, long amountFen) =>
            amountFen == 0 ? [] : [new(new(to, fund, county, income.Channel == Treasury ? "" : income.Channel), amountFen), new(from, -amountFen)];
    }

    /// <summary>The pool of a scheme, by the code that settlements book its expense under.</summary>
    public static string FundOf(string insutype) => insutype + "100";
}
