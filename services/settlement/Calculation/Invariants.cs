using MedInsure.Kernel;

namespace MedInsure.Settlement.Calculation;

/// <summary>
/// settlement-calculation.md section 10, numbers 1 and 2: what one settlement can show by itself. Named like the database's CHECKs.
/// A broken one is a programmer error, never a refusal.
/// </summary>
public static class Invariants
{
    /// <param name="coversOutOfCatalog">The policy has a layer for cost that is in no catalog.</param>
    /// <exception cref="InvalidOperationException">An identity does not hold; the message names it.</exception>
    public static void Check(in ClaimFacts facts, ClaimResult result, bool coversOutOfCatalog = false)
    {
        var fees = result.Fees;
        Check(fees);
        Hold(result.BasicFund.Value >= 0 && result.CivilServant.Value >= 0 && result.EnterpriseSupplement.Value >= 0 && result.CriticalIllness.Value >= 0
            && result.LargeSum.Value >= 0 && result.MedicalAssistance.Value >= 0 && result.OtherFunds.Value >= 0, "no_fund_negative");
        Hold(result.FundTotal == result.BasicFund + result.CivilServant + result.EnterpriseSupplement + result.CriticalIllness
            + result.LargeSum + result.MedicalAssistance + result.OtherFunds, "funds_sum_to_fund_total");
        Hold(result.Supplement.Value >= 0 && result.Supplement <= result.OtherFunds, "supplement_is_part_of_other_funds");
        Hold(coversOutOfCatalog || result.FundTotal - result.Supplement <= fees.Total - fees.FullSelfPay, "funds_within_catalog_cost");
        Hold(result.Deductible.Value >= 0 && result.Deductible <= fees.InScope, "deductible_within_scope");
        Hold(fees.Total == result.FundTotal + result.HospitalShare + result.PersonShare, "shares_sum_to_total");
        Hold(result.HospitalShare.Value >= 0 && result.PersonShare.Value >= 0, "no_share_negative");
        Hold(result.PersonShare == result.AccountPaid + result.FamilyPaid + result.Cash, "person_pays_by_account_family_and_cash");
        Hold(result.AccountPaid.Value >= 0 && result.FamilyPaid.Value >= 0 && result.Cash.Value >= 0, "no_payment_negative");
        Hold(result.AccountBalanceAfter == facts.AccountBalance - result.AccountPaid && (result.AccountPaid.IsZero || result.AccountBalanceAfter.Value >= 0), "account_pays_what_it_holds");
        var listed = Fen.Zero;
        for (var i = 0; i < result.Shares.Count; i++)
        {
            var share = result.Shares[i];
            Hold(share.Amount.Value > 0 && share.Amount <= share.InScope, "no_fund_pays_more_than_its_scope");
            listed += share.Amount;
        }
        Hold(listed == result.FundTotal + result.AccountPaid + result.FamilyPaid + result.HospitalShare, "detail_sums_to_funds_account_hospital");
    }

    /// <summary>What the lines must add up to, before anything is settled on them.</summary>
    public static void Check(in FeeTotals fees)
    {
        Hold(fees.FullSelfPay.Value >= 0 && fees.OverLimit.Value >= 0 && fees.FirstPay.Value >= 0 && fees.InScope.Value >= 0, "no_part_of_the_fees_negative");
        Hold(fees.InScopeOfPool.Value >= 0 && fees.InScopeOfPool <= fees.InScope, "pool_scope_within_scope");
        Hold(fees.Total == fees.FullSelfPay + fees.OverLimit + fees.FirstPay + fees.InScope, "fees_sum_to_total");
    }

    private static void Hold(bool holds, string name)
    {
        if (!holds) throw new InvalidOperationException($"broken invariant: {name}");
    }
}
