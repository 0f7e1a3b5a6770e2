using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Ledger;

/// <summary>
/// The double entry of a correction: the funds' expense, the account's and an insurer's part change by the difference, and what is left is owed to the person (or, of a
/// difference against him, by him). The provider keeps what it was paid. Entries sum to zero.
/// </summary>
public static class CorrectionEntries
{
    /// <param name="sign">-1 where the settlement is reversed and its corrections with it.</param>
    /// <param name="insurer">Of a supplementary policy on the bill; empty: none.</param>
    public static List<LedgerEntry> Of(Difference difference, int sign, string insurer, string homeCounty)
    {
        var entries = new List<LedgerEntry>(difference.Share.Count + 1);
        foreach (var share in difference.Share)
        {
            if (share.AmountFen == 0 || share.FundPayType == SettlementEntries.HospitalFund) continue;
            var account = share.RuleId == Adjudication.SupplementRule ? new LedgerAccount(SettlementEntries.InsurerReceivable, share.FundPayType, homeCounty, insurer)
                : new LedgerAccount(SettlementEntries.PurposeOf(share.FundPayType), share.FundPayType, homeCounty, "");
            SettlementEntries.Add(entries, new LedgerEntry(account, sign * share.AmountFen));
        }
        if (difference.Amounts.CashFen != 0) entries.Add(new LedgerEntry(new LedgerAccount(SettlementEntries.PersonPayable, "", homeCounty, ""), sign * difference.Amounts.CashFen));
        entries.RemoveAll(e => e.AmountFen == 0);
        return entries;
    }

    /// <summary>All that a settlement or reversal books, with the corrections that go with it.</summary>
    public static List<LedgerEntry> OfClaim(JournalRecord record, SettledClaim claim, string homeCounty)
    {
        var entries = SettlementEntries.Of(claim, homeCounty);
        if (record.ReversedClaim?.Corrected is not { } corrected) return entries;
        foreach (var entry in Of(corrected, record.ReversedClaim.Restores ? 1 : -1, InsurerOf(claim.Facts), homeCounty)) SettlementEntries.Add(entries, entry);
        entries.RemoveAll(e => e.AmountFen == 0);
        return entries;
    }

    public static string InsurerOf(Facts facts) => facts.Supplement?.Insurer ?? "";
}
