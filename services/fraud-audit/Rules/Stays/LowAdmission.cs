using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>低标准入院: a short stay without operation that is mostly examination.</summary>
internal sealed class LowAdmission() : BillRule("MI10000203056000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var claim = bill.Claim;
        if (!bill.IsStay || claim.Interim || claim.EndOn == 0 || claim.OperationCode.Count > 0 || claim.DischargeWay is StayFacts.Transferred or StayFacts.Died
            || BillUnderAudit.BeginsWithAny(claim.MedType, terms.Codes("exempt_med_types")) || BillUnderAudit.HasDiagnosis(claim, terms.Codes("exempt"))) return;
        var days = AuditDays.Between(claim.BeginOn, claim.EndOn);
        if (days > terms.Whole("days")) return;
        var share = StayFacts.ShareBp(bill.Lines, ["03", "04"]);
        if (share < (long)(terms["exam_share"] * 10_000)) return;
        for (var i = 0; i < bill.Lines.Count; i++)
            if (bill.Lines[i].MedChrgitmType == "06" && bill.Lines[i].AmountFen > 0) return;
        bill.Find(this, "stay", [], claim.InScopeFen, $"住院{days}天，无手术，检查化验占{share / 100m:F2}%，涉嫌低标准入院，政策范围内费用{new Fen(claim.InScopeFen)}元",
            $"a stay of {days} days without operation, {share / 100m:F2} % of it examination and laboratory");
    }
}
