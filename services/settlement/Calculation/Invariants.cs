using MedInsure.Kernel;

namespace MedInsure.Settlement.Calculation;

/// <summary>settlement-calculation.md section 10, the parts that one settlement can show. A broken one is a programmer error.</summary>
public static class Invariants
{
    /// <exception cref="InvalidOperationException">An identity does not hold.</exception>
    public static void Check(ClaimFacts facts, ClaimResult result)
    {
        var fees = result.Fees;
        Hold(fees.Total == fees.FullSelfPay + fees.OverLimit + fees.FirstPay + fees.InScope, "total_is_sum_of_parts");
        Hold(fees.Total == result.FundTotal + result.HospitalShare + result.PersonShare, "total_is_fund_hospital_person");
        Hold(result.PersonShare == result.AccountPaid + result.Cash, "person_is_account_and_cash");
    }

    private static void Hold(bool holds, string name)
    {
        if (!holds) throw new InvalidOperationException($"broken invariant: {name}");
    }
}
