using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>转圈住院: from one hospital to the next within days, same or close diagnosis, without transfer or referral.</summary>
internal sealed class RotatingStay() : BillRule("MI10000203052000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (!bill.IsStay || bill.Claim.MedType.StartsWith("23", StringComparison.Ordinal) || BillUnderAudit.HasDiagnosis(bill.Claim, terms.Codes("exempt"))) return;
        var diagnosis = StayFacts.MainDiagnosis(bill.Claim);
        var (chain, last) = (1, bill.Claim);
        List<Protos.FraudAudit.V1.AuditClaim>? before = null;
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var stay = bill.Earlier[i];
            if (!BillUnderAudit.IsStayOf(stay) || stay.Interim || stay.MdtrtId == last.MdtrtId || stay.EndOn > last.BeginOn) continue;
            if (AuditDays.Between(stay.EndOn, last.BeginOn) > terms.Whole("days") || stay.FixmedinsCode == last.FixmedinsCode || stay.DischargeWay is StayFacts.Transferred) break;
            if (!StayFacts.AreClose(diagnosis, StayFacts.MainDiagnosis(stay))) break;
            chain++;
            last = stay;
            (before ??= []).Add(stay);
        }
        if (chain < terms.Whole("stays")) return;
        bill.Find(this, bill.Claim.MdtrtId, [], bill.Claim.InScopeFen,
            $"连续{chain}次在不同机构因同一或相近疾病住院，每次间隔不超过{terms.Whole("days")}天且非转院，本次政策范围内费用{new Fen(bill.Claim.InScopeFen)}元",
            $"{chain} stays in different hospitals one after the other with a close diagnosis, each within {terms.Whole("days")} days, none a transfer", [.. before!]);
    }
}
