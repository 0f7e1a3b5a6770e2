using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Ledger;

/// <summary>A ledger account: what it is for, of which fund, for which county, against whom.</summary>
public readonly record struct LedgerAccount(string Purpose, string Fund, string County, string Counterparty);

/// <summary>One side of a booking: debit positive, credit negative.</summary>
public readonly record struct LedgerEntry(LedgerAccount Account, long AmountFen);

/// <summary>
/// The double entry of one settlement or reversal. Every fund's part is an expense of the home county; the account's part reduces what is owed to the
/// person; a supplementary policy's part is owed by its insurer, who is no fund; all are owed to the provider, or, where the provider contracts with another county, to that county (one provider, one agency:
/// seed facts section 3, 001_9c85347c08490691.txt), or of a paper bill to the person. Entries sum to zero.
/// </summary>
public static class SettlementEntries
{
    public const string BenefitExpense = "benefit_expense", PersonalAccount = "personal_account", ProviderPayable = "provider_payable", CountyPayable = "county_payable", InsurerReceivable = "insurer_receivable",
        PersonPayable = "person_payable";

    /// <summary>fund_pay_type rows of setldetail that are no fund's expense.</summary>
    public const string AccountFund = "310200", HospitalFund = "999996";

    /// <summary>The part of personal accounts: the person's own or relatives'.</summary>
    internal static string PurposeOf(string fundPayType) => fundPayType is AccountFund or FamilyAccounts.Fund ? PersonalAccount : BenefitExpense;

    public static List<LedgerEntry> Of(SettledClaim claim, string homeCounty)
    {
        var entries = new List<LedgerEntry>(2 * claim.Share.Count);
        foreach (var share in claim.Share)
        {
            if (share.AmountFen == 0 || share.FundPayType == HospitalFund) continue;
            var paying = share.RuleId == Adjudication.SupplementRule ? new LedgerAccount(InsurerReceivable, share.FundPayType, homeCounty, claim.Facts.Supplement.Insurer)
                : new LedgerAccount(PurposeOf(share.FundPayType), share.FundPayType, homeCounty, "");
            Add(entries, new LedgerEntry(paying, share.AmountFen));
            // Of a paper bill the person has paid the provider.
            var payable = claim.Paper is not null ? new LedgerAccount(PersonPayable, share.FundPayType, homeCounty, "")
                : claim.ProviderCounty == homeCounty
                ? new LedgerAccount(ProviderPayable, share.FundPayType, homeCounty, claim.FixmedinsCode)
                : new LedgerAccount(CountyPayable, share.FundPayType, homeCounty, claim.ProviderCounty);
            Add(entries, new LedgerEntry(payable, -share.AmountFen));
        }
        return entries;
    }

    /// <summary>What a year-end rule gave is the fund's expense and owed to the person; to whom, <c>person_benefit</c> says.</summary>
    public static List<LedgerEntry> Of(GrantedBenefit benefit, string homeCounty) =>
    [
        new(new LedgerAccount(BenefitExpense, benefit.FundPayType, homeCounty, ""), benefit.AmountFen),
        new(new LedgerAccount(PersonPayable, benefit.FundPayType, homeCounty, ""), -benefit.AmountFen),
    ];

    /// <summary>What left an account without a bill is owed to who is to have it; billing pays it out.</summary>
    public static List<LedgerEntry> Of(AccountWithdrawn withdrawn, string homeCounty) =>
    [
        new(new LedgerAccount(PersonalAccount, AccountFund, homeCounty, ""), withdrawn.AmountFen),
        new(new LedgerAccount(PersonPayable, AccountFund, homeCounty, ""), -withdrawn.AmountFen),
    ];

    /// <summary>Two rules paid by one fund (backstop and supplement) give one entry per account.</summary>
    internal static void Add(List<LedgerEntry> entries, LedgerEntry entry)
    {
        var at = entries.FindIndex(e => e.Account == entry.Account);
        if (at < 0) entries.Add(entry);
        else entries[at] = entry with { AmountFen = entries[at].AmountFen + entry.AmountFen };
    }
}
