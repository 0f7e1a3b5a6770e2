using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>分解住院: back in the same hospital with the same or a close main diagnosis within days.</summary>
internal sealed class SplitStay() : BillRule("MI10000203051000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (!bill.IsStay || BillUnderAudit.HasDiagnosis(bill.Claim, terms.Codes("exempt"))) return;
        var diagnosis = StayFacts.MainDiagnosis(bill.Claim);
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var before = bill.Earlier[i];
            if (!BillUnderAudit.IsStayOf(before) || before.FixmedinsCode != bill.Claim.FixmedinsCode || before.MdtrtId == bill.Claim.MdtrtId || before.Interim || before.EndOn > bill.Claim.BeginOn) continue;
            var days = AuditDays.Between(before.EndOn, bill.Claim.BeginOn);
            if (days > terms.Whole("days")) continue;
            if (before.DischargeWay is StayFacts.Transferred or StayFacts.Died || !StayFacts.AreClose(diagnosis, StayFacts.MainDiagnosis(before))) continue;
            bill.Find(this, before.MdtrtId, [], bill.Claim.InScopeFen,
                $"出院{days}天后因同一或相近疾病（{StayFacts.MainDiagnosis(before)}→{diagnosis}）再次在同一机构住院，规定间隔超过{terms.Whole("days")}天，本次政策范围内费用{new Fen(bill.Claim.InScopeFen)}元",
                $"back in the same hospital {days} days after discharge with a close main diagnosis; {terms.Whole("days")} days are looked at", before);
            return;
        }
    }
}
