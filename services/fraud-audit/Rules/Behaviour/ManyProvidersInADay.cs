using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>一日多处就医: more providers in a day than one person goes to.</summary>
internal sealed class ManyProvidersInADay() : BillRule("MI10000203065000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.IsStay) return;
        List<AuditClaim>? others = null;
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var other = bill.Earlier[i];
            if (other.BeginOn != bill.Claim.BeginOn || BillUnderAudit.IsStayOf(other) || other.FixmedinsCode == bill.Claim.FixmedinsCode || Has(others, other.FixmedinsCode)) continue;
            (others ??= []).Add(other);
        }
        if (others is null || others.Count + 1 < terms.Whole("providers")) return;
        bill.Find(this, $"{bill.Claim.BeginOn}", [], bill.Claim.InScopeFen,
            $"{bill.Claim.BeginOn}一日内在{others.Count + 1}家机构就医购药，规定不超过{terms.Whole("providers") - 1}家，本次政策范围内费用{new Fen(bill.Claim.InScopeFen)}元",
            $"{others.Count + 1} providers on {bill.Claim.BeginOn}", [.. others]);
    }

    // Of its own, since a closure would be allocated for every bill before.
    private static bool Has(List<AuditClaim>? bills, string provider) => bills?.Exists(b => b.FixmedinsCode == provider) == true;
}
