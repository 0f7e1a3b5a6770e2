using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Families;

/// <summary>What relatives' accounts can pay of a person's bill when it is decided.</summary>
internal static class OfferedAccount
{
    /// <summary>Of consents in force on the policy date, in their order, those whose account holds something; null: none does. The scheme that keeps accounts says what they pay of.</summary>
    public static IReadOnlyList<FamilyAccount>? Of(DecisionContext context, PersonState person, DateOnly policyOn)
    {
        List<FamilyAccount>? offered = null;
        foreach (var consent in person.Family)
        {
            // A relative whom the writer does not hold consented a moment ago: nobody was promised this bill. Of two numbers of one relative the first counts.
            var payerNo = context.State.Survivor(consent.PayerNo);
            if (!consent.Holds(DayNumber.Of(policyOn)) || payerNo == person.PsnNo || context.State.AwaitsMerge(payerNo) || !context.State.Persons.TryGetValue(payerNo, out var payer)
                || payer.Insured is not { DiedOn: 0 } || payer.AccountBalanceFen <= 0 || offered is not null && offered.Exists(o => o.PsnNo == payerNo)) continue;
            if (TermsOn(context, policyOn) is not { } terms) return null;
            (offered ??= []).Add(new FamilyAccount(payerNo, new Fen(payer.AccountBalanceFen), terms.InCatalogOnly));
        }
        return offered;
    }

    private static Policies.AccountTerms? TermsOn(DecisionContext context, DateOnly policyOn)
    {
        foreach (var pack in context.Tenant.Packs.Values)
            if (context.Policies.FindFor(pack, policyOn)?.At(policyOn).Account is { } account) return account;
        return null;
    }
}
