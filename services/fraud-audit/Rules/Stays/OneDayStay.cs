using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>门诊住院化: admitted and discharged within a day, with what an outpatient department does.</summary>
internal sealed class OneDayStay() : BillRule("MI10000203057000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var claim = bill.Claim;
        if (!bill.IsStay || claim.Interim || claim.EndOn == 0 || claim.OperationCode.Count > 0 || claim.DischargeWay is StayFacts.Transferred or StayFacts.Died
            || BillUnderAudit.BeginsWithAny(claim.MedType, terms.Codes("exempt_med_types")) || BillUnderAudit.HasDiagnosis(claim, terms.Codes("exempt"))) return;
        if (AuditDays.Between(claim.BeginOn, claim.EndOn) > terms.Whole("days") || claim.TotalFen > terms.Fen("total_max")) return;
        for (var i = 0; i < bill.Lines.Count; i++)
            if (bill.Lines[i].MedChrgitmType == "06" && bill.Lines[i].AmountFen > 0) return;
        bill.Find(this, "stay", [], claim.InScopeFen, $"入院不超过{terms.Whole("days")}天即出院，无手术，总费用{new Fen(claim.TotalFen)}元，涉嫌门诊住院化，政策范围内费用{new Fen(claim.InScopeFen)}元",
            $"admitted and discharged within {terms.Whole("days")} day, no operation, {new Fen(claim.TotalFen)} yuan in all");
    }
}
