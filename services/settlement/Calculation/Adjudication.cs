using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>settlement-calculation.md as one pure function.</summary>
public static class Adjudication
{
    /// <summary>The numbers of one settlement. Changes nothing: the caller applies <see cref="ClaimResult.Changes"/> when the settlement is committed.</summary>
    public static ClaimResult Settle(BenefitPolicy policy, ClaimFacts facts, Accumulators before, Trace? trace = null)
    {
        var person = facts.Fees.Total - facts.HospitalShare;
        var account = facts.UseAccount && facts.Insutype == "310" ? Fen.Min(facts.AccountBalance, person) : Fen.Zero;
        var result = new ClaimResult
        {
            Fees = facts.Fees, HospitalShare = facts.HospitalShare, PersonShare = person, AccountPaid = account, Cash = person - account,
            AccountBalanceAfter = facts.AccountBalance - account,
        };
        Invariants.Check(facts, result);
        return result;
    }
}
