using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>压床: very long and nearly without cost.</summary>
internal sealed class LongStay() : BillRule("MI10000203059000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var claim = bill.Claim;
        if (!bill.IsStay || claim.Interim || claim.EndOn == 0 || BillUnderAudit.HasDiagnosis(claim, terms.Codes("exempt"))) return;
        var days = AuditDays.Between(claim.BeginOn, claim.EndOn);
        if (days <= terms.Whole("days") || claim.TotalFen > terms.Fen("day_cost") * days) return;
        for (var i = 0; i < bill.Earlier.Count; i++)
            if (bill.Earlier[i].MdtrtId == claim.MdtrtId) return;
        bill.Find(this, "stay", [], claim.InScopeFen, $"住院{days}天，日均费用{new Fen(claim.TotalFen / days)}元，长期压床，政策范围内费用{new Fen(claim.InScopeFen)}元",
            $"a stay of {days} days at {new Fen(claim.TotalFen / days)} yuan a day");
    }
}
