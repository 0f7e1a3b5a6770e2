using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>频繁就医购药: more visits and purchases in a window than care explains.</summary>
internal sealed class FrequentVisits() : BillRule("MI10000203066000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (!Counts(bill.Claim, terms)) return;
        var (visits, days) = (1, terms.Whole("days"));
        var since = DayNumber.Of(DayNumber.ToDate(bill.Claim.BeginOn).AddDays(-days));
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
            if (bill.Earlier[i].BeginOn > since && Counts(bill.Earlier[i], terms)) visits++;
        if (visits <= terms.Whole("visits")) return;
        bill.Find(this, $"{bill.Claim.BeginOn}", [], bill.Claim.InScopeFen, $"{days}天内就医购药{visits}次，规定不超过{terms.Whole("visits")}次，本次政策范围内费用{new Fen(bill.Claim.InScopeFen)}元",
            $"{visits} visits and purchases in {days} days, {terms.Whole("visits")} allowed");
    }

    // Dialysis, chemotherapy and the filed chronic and special diseases come often.
    private static bool Counts(AuditClaim claim, RuleTerms terms) =>
        !BillUnderAudit.IsStayOf(claim) && !BillUnderAudit.BeginsWithAny(claim.MedType, terms.Codes("exempt_med_types")) && !BillUnderAudit.HasDiagnosis(claim, terms.Codes("exempt"));
}
