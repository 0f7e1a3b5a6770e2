using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Journal;

/// <summary>Relatives' accounts between the journal's documents and the calculation; null on either side where there are none.</summary>
public static class FamilyDocuments
{
    public static OfferedAccounts? Of(IReadOnlyList<FamilyAccount>? family)
    {
        if (family is null) return null;
        var document = new OfferedAccounts();
        foreach (var account in family) document.Account.Add(new OfferedAccount { PsnNo = account.PsnNo, BalanceFen = account.Balance.Value, InCatalogOnly = account.InCatalogOnly });
        return document;
    }

    public static IReadOnlyList<FamilyAccount>? AccountsOf(OfferedAccounts? document) =>
        document is null ? null : [.. document.Account.Select(a => new FamilyAccount(a.PsnNo, new Fen(a.BalanceFen), a.InCatalogOnly))];

    public static AccountPayments? Of(IReadOnlyList<FamilyPayment>? payments)
    {
        if (payments is null) return null;
        var document = new AccountPayments();
        foreach (var payment in payments) document.Payment.Add(new AccountPayment { PsnNo = payment.PsnNo, AmountFen = payment.Amount.Value });
        return document;
    }

    /// <summary>A stored settlement's relatives, each with what it paid: what a replay may take.</summary>
    public static IReadOnlyList<FamilyAccount>? OfferingWhatItPaid(SettledClaim claim)
    {
        if (claim.Family is not { } paid) return null;
        return [.. paid.Payment.Select(p => new FamilyAccount(p.PsnNo, new Fen(p.AmountFen), claim.Facts.Family.Account.First(a => a.PsnNo == p.PsnNo).InCatalogOnly))];
    }

    /// <summary>a + sign × b by account, without what the accounts had paid before; null: nothing is left.</summary>
    /// <param name="survivor">What a number means now; null: as it stands.</param>
    public static AccountPayments? Sum(AccountPayments? a, AccountPayments? b, int sign, Func<string, string>? survivor = null)
    {
        if (a is null && b is null) return null;
        var sum = new AccountPayments();
        foreach (var payment in a?.Payment ?? []) Add(payment, 1);
        foreach (var payment in b?.Payment ?? []) Add(payment, sign);
        for (var i = sum.Payment.Count - 1; i >= 0; i--)
            if (sum.Payment[i].AmountFen == 0) sum.Payment.RemoveAt(i);
        return sum.Payment.Count == 0 ? null : sum;

        void Add(AccountPayment payment, int times)
        {
            var psnNo = survivor is null ? payment.PsnNo : survivor(payment.PsnNo);
            var own = sum.Payment.FirstOrDefault(p => p.PsnNo == psnNo);
            if (own is null) sum.Payment.Add(own = new AccountPayment { PsnNo = psnNo });
            own.AmountFen += times * payment.AmountFen;
        }
    }

    /// <summary>Of one settlement, reversal or correction, with what each account has paid so far.</summary>
    /// <param name="paidOf">Net, all years.</param>
    public static AccountPayments? Found(AccountPayments? payments, Func<string, long> paidOf)
    {
        if (payments is null) return null;
        var found = payments.Clone();
        foreach (var payment in found.Payment) payment.AccountPaidBeforeFen = paidOf(payment.PsnNo);
        return found;
    }

    /// <summary>All payments of a record, in its order; null: none, as of nearly every record.</summary>
    public static IEnumerable<AccountPayment>? PaymentsOf(JournalRecord record) => record.BodyCase switch
    {
        JournalRecord.BodyOneofCase.SettledClaim => record.SettledClaim.Family?.Payment,
        JournalRecord.BodyOneofCase.ReversedClaim => record.ReversedClaim.Negated.Family?.Payment,
        JournalRecord.BodyOneofCase.ClaimsCorrected => record.ClaimsCorrected.Correction.SelectMany(c => c.Family?.Payment ?? []),
        _ => null,
    };
}
