using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>住院期间发生门诊或购药: between admission and discharge the person is elsewhere.</summary>
internal sealed class VisitDuringStay() : BillRule("MI10000203055000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        for (var i = 0; i < bill.Earlier.Count; i++)
        {
            var other = bill.Earlier[i];
            if (BillUnderAudit.IsStayOf(other) == bill.IsStay) continue;
            var (stay, visit) = bill.IsStay ? (bill.Claim, other) : (other, bill.Claim);
            // Neither on the day of admission nor on that of discharge.
            if (stay.EndOn == 0 || visit.BeginOn <= stay.BeginOn || visit.BeginOn >= stay.EndOn) continue;
            if (BillUnderAudit.BeginsWithAny(visit.MedType, terms.Codes("exempt_med_types")) || visit.InScopeFen < terms.Fen("visit_min")) continue;
            var where = visit.MedType.StartsWith("41", StringComparison.Ordinal) ? "药店购药" : "门诊就诊";
            bill.Find(this, other.MdtrtId, [], visit.InScopeFen, $"住院期间（{stay.BeginOn}至{stay.EndOn}）于{visit.BeginOn}在其他机构{where}，政策范围内费用{new Fen(visit.InScopeFen)}元",
                $"a visit or purchase on {visit.BeginOn} within a stay of {stay.BeginOn} to {stay.EndOn}", other);
        }
    }
}
