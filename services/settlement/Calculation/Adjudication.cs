using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>settlement-calculation.md as one pure function.</summary>
public static class Adjudication
{
    /// <summary>The rule of a supplementary policy's row; no pack's rule has this id.</summary>
    public const string SupplementRule = "supplementary_policy";
    private static readonly Payer Hospital = new("999996", "医疗机构负担", "hospital_share");

    /// <summary>The numbers of one settlement. Changes nothing: the caller applies <see cref="ClaimResult.Changes"/> when the settlement is committed.</summary>
    /// <exception cref="InvalidOperationException">The fees do not add up, or another invariant is broken; the message names it.</exception>
    /// <exception cref="ArgumentException">The facts are of another scheme, or the policy is not in force on the policy date.</exception>
    public static ClaimResult Settle(BenefitPolicy policy, in ClaimFacts facts, Accumulators before, Trace? trace = null)
    {
        var terms = policy.At(facts.PolicyOn);
        if (terms.Insutype != facts.Insutype) throw new ArgumentException($"{policy.Pack} is for insutype {terms.Insutype}, not {facts.Insutype}", nameof(facts));
        var situation = Situation.Of(terms, facts);
        var fees = facts.Fees;
        Invariants.Check(fees);
        var progress = Progress.Begin(fees);
        trace?.Lines(fees);

        if (situation.Visit >= 0 && terms.Visits[situation.Visit].IsStay && facts.FirstOfStay) progress.Count(Accumulators.Stays);
        var basic = BasicFund.Pay(terms.Basic, situation, facts, before, progress, trace);
        var counted = 0U;
        for (var i = 0; i < terms.Layers.Length; i++)
            if (Assistance.Pay(terms.Layers[i], situation, facts, before, basic.CutOff, progress, trace)) counted |= 1U << i;
        for (var i = 0; i < terms.Layers.Length; i++)
            if ((counted >> i & 1) != 0) Assistance.KeepOwnCost(terms.Layers[i], situation, facts, progress);

        var left = fees.Total - progress.Total - facts.HospitalShare;
        var supplement = facts.Supplement is { } policyOfPerson ? SupplementPay(policyOfPerson, left, progress, trace) : Fen.Zero;
        var fund = progress.Total + supplement;
        var person = left - supplement;
        progress.Share(Hospital, fees.Total, null, facts.HospitalShare);
        var account = Fen.Zero;
        if (facts.UseAccount && terms.Account is { } pays)
        {
            var payable = pays.InCatalogOnly ? Fen.Max(Fen.Zero, person - fees.FullSelfPay) : person;
            account = Fen.Min(facts.AccountBalance, payable);
            trace?.Rule(pays.Name, pays.Clause, account, facts.AccountBalance - account, Inputs.PersonShare(person), Inputs.Balance(facts.AccountBalance));
            progress.Share(pays.Payer, person, facts.AccountBalance - account, account);
        }

        var family = Fen.Zero;
        FamilyPayment[]? payments = null;
        if (facts.UseAccount && facts.Family is { } relatives) (family, payments) = FamilyAccounts.Pay(relatives, fees, person, account, progress, trace);

        var result = new ClaimResult
        {
            Fees = fees,
            Deductible = basic.Deductible,
            BasicFund = progress.Sum(PayField.BasicFund),
            PoolRatio = basic.Ratio,
            CivilServant = progress.Sum(PayField.CivilServant),
            EnterpriseSupplement = progress.Sum(PayField.EnterpriseSupplement),
            CriticalIllness = progress.Sum(PayField.CriticalIllness),
            LargeSum = progress.Sum(PayField.LargeSum),
            MedicalAssistance = progress.Sum(PayField.MedicalAssistance),
            OtherFunds = progress.Sum(PayField.OtherFunds) + supplement,
            Supplement = supplement,
            FundTotal = fund,
            HospitalShare = facts.HospitalShare,
            PersonShare = person,
            AccountPaid = account,
            FamilyPaid = family,
            FamilyPayments = payments,
            Cash = person - account - family,
            AccountBalanceAfter = facts.AccountBalance - account,
            Shares = progress.ShareArray(),
            Changes = progress.ChangeArray(),
        };
        Invariants.Check(facts, result, terms.CoversOutOfCatalog);
        return result;
    }

    /// <summary>After all funds and the hospital, before the person: of whatever cost is left, in catalog or not. Counts in no accumulator.</summary>
    private static Fen SupplementPay(Supplement supplement, Fen left, Progress progress, Trace? trace)
    {
        var pay = supplement.DecisionNo is null ? Fen.Zero : Fen.Min(supplement.Authorized, left);
        var name = new RuleName(SupplementRule, supplement.Name, "Supplementary policy");
        trace?.Rule(name, new Clause($"商业补充医疗保险合同 contract {supplement.ContractNo}, 保单 policy {supplement.PolicyNo}", false), pay, null,
            [Inputs.Left(left), .. supplement.DecisionNo is { } number ? [Inputs.Decision(number), Inputs.Authorized(supplement.Authorized), Inputs.Reason(supplement.Text)] : (TraceInput[])[Inputs.Unanswered]]);
        progress.Share(new Payer(supplement.FundPayType, name.Chinese, name.Id), left, null, pay);
        return pay;
    }
}
