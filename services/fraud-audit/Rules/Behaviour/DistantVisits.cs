using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>空间冲突: in two counties within minutes.</summary>
internal sealed class DistantVisits() : BillRule("MI10000203064000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.IsStay || bill.Claim.BeginAtMs == 0) return;
        var within = terms.Whole("minutes") * 60_000L;
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var other = bill.Earlier[i];
            var apart = Math.Abs(other.BeginAtMs - bill.Claim.BeginAtMs);
            if (apart > within || other.ProviderCounty == bill.Claim.ProviderCounty || BillUnderAudit.IsStayOf(other)) continue;
            bill.Find(this, other.MdtrtId, [], bill.Claim.InScopeFen,
                $"{apart / 60_000}分钟内先后在{other.ProviderCounty}与{bill.Claim.ProviderCounty}两地就医，涉嫌一卡多用，政策范围内费用{new Fen(bill.Claim.InScopeFen)}元",
                $"in {other.ProviderCounty} and {bill.Claim.ProviderCounty} within {apart / 60_000} minutes", other);
            return;
        }
    }
}
