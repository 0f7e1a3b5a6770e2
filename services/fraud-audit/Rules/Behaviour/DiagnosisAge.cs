using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>诊断与年龄不符: births of the very young or old, perinatal conditions beyond infancy, old age's diseases of the young.</summary>
internal sealed class DiagnosisAge() : BillRule("MI10000203063000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.Claim.BirthOn == 0 || bill.Claim.Diagnosis.Count == 0) return;
        var age = bill.AgeOn(RuleSet.DayOf(bill.Claim));
        for (var i = 0; i < bill.Claim.Diagnosis.Count; i++)
        {
            var diagnosis = bill.Claim.Diagnosis[i];
            var why = BillUnderAudit.BeginsWithAny(diagnosis.Code, terms.Codes("births")) && age >= 1 && (age < terms.Whole("birth_from") || age > terms.Whole("birth_to")) ? "孕产诊断"
                : BillUnderAudit.BeginsWithAny(diagnosis.Code, terms.Codes("perinatal")) && age > terms.Whole("perinatal_to") && !BillUnderAudit.HasDiagnosis(bill.Claim, terms.Codes("births")) ? "围产期诊断"
                : BillUnderAudit.BeginsWithAny(diagnosis.Code, terms.Codes("senile")) && age < terms.Whole("senile_from") ? "老年性疾病诊断" : null;
            if (why is null) continue;
            bill.Find(this, diagnosis.Code, [], bill.Claim.InScopeFen, $"{why}{diagnosis.Code}与年龄{age}岁不符，涉嫌冒名就医，政策范围内费用{new Fen(bill.Claim.InScopeFen)}元",
                $"diagnosis {diagnosis.Code} at the age of {age}");
            return;
        }
    }
}
