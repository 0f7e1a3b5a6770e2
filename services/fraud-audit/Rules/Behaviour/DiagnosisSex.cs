using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>诊断与性别不符: a diagnosis that the person's sex excludes: somebody else's care.</summary>
internal sealed class DiagnosisSex() : BillRule("MI10000203062000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.Claim.Gend is not ("1" or "2")) return;
        var others = terms.Codes(bill.Claim.Gend == "1" ? "women" : "men");
        for (var i = 0; i < bill.Claim.Diagnosis.Count; i++)
        {
            var diagnosis = bill.Claim.Diagnosis[i];
            // A newborn may be billed with its mother's diagnoses.
            if (!BillUnderAudit.BeginsWithAny(diagnosis.Code, others) || bill.AgeOn(RuleSet.DayOf(bill.Claim)) < 1) continue;
            bill.Find(this, diagnosis.Code, [], bill.Claim.InScopeFen, $"诊断{diagnosis.Code}与{(bill.Claim.Gend == "1" ? "男" : "女")}性不符，涉嫌冒名就医，政策范围内费用{new Fen(bill.Claim.InScopeFen)}元",
                $"diagnosis {diagnosis.Code} of a {(bill.Claim.Gend == "1" ? "man" : "woman")}");
            return;
        }
    }
}
