using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>重复结算: the same lines, to the minute, in two bills.</summary>
internal sealed class BilledTwice() : BillRule("MI10000203067000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var claim = bill.Claim;
        if (bill.Lines.Count < terms.Whole("lines")) return;
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var other = bill.Earlier[i];
            if (other.TotalFen != claim.TotalFen || other.BeginOn != claim.BeginOn || other.MdtrtId == claim.MdtrtId || other.Line.Count != claim.Line.Count) continue;
            if ((other.FixmedinsCode != claim.FixmedinsCode && !claim.Paper && !other.Paper) || !AreSame(claim.Line, other.Line)) continue;
            bill.Find(this, other.MdtrtId, bill.Lines, claim.InScopeFen, $"与结算{other.SetlId}的{claim.Line.Count}条费用明细项目、时间、数量、金额全部相同，涉嫌重复结算{new Fen(claim.InScopeFen)}元",
                $"the same {claim.Line.Count} lines as settlement {other.SetlId}, to the minute", other);
            return;
        }
    }

    // The provider numbers lines anew: what, when, how many and how much is compared, in whatever order.
    private static bool AreSame(IReadOnlyList<AuditLine> a, IReadOnlyList<AuditLine> b)
    {
        var left = b.ToList();
        foreach (var line in a)
        {
            var at = left.FindIndex(l => l.MedListCode == line.MedListCode && l.OccurredAtMs / 60_000 == line.OccurredAtMs / 60_000 && l.QuantityE4 == line.QuantityE4 && l.AmountFen == line.AmountFen);
            if (at < 0) return false;
            left.RemoveAt(at);
        }
        return true;
    }
}
