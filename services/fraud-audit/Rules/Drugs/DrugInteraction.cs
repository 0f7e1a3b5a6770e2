using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>Two drugs that harm together, for the same days, of this bill or one before (药品相互作用).</summary>
internal sealed class DrugInteraction() : BillRule("MI10000301052000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        for (var i = 0; i < lines.Length; i++)
            for (var k = i + 1; k < lines.Length; k++)
                if (AreOpposed(point, lines[i], lines[k]) && AreTogether(lines[i], lines[k])) { Found(bill, point, [lines[i], lines[k]], lines[i], lines[k], []); return; }

        var since = AuditDays.Plus(lines[0].OccurredOn, -terms.Whole("look_back_days"));
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var earlier = bill.Earlier[i];
            if (RuleSet.DayOf(earlier) < since) continue;
            var theirs = NetLines.Of(earlier.Line);
            for (var k = 0; k < theirs.Count; k++)
            {
                if (!point.Codes.Contains(theirs[k].MedListCode) && !point.Others.Contains(theirs[k].MedListCode)) continue;
                foreach (var line in lines)
                    if (AreOpposed(point, line, theirs[k]) && AreTogether(line, theirs[k])) { Found(bill, point, [line], line, theirs[k], [earlier]); return; }
            }
        }
    }

    private void Found(BillUnderAudit bill, KnowledgePoint point, AuditLine[] about, AuditLine a, AuditLine b, IReadOnlyList<AuditClaim> earlier) =>
        bill.Find(this, point.PointNo, about, ((ReadOnlySpan<AuditLine>)about).InScope(), $"{a.ItemName}与{b.ItemName}同时使用存在相互作用（{point.ItemName}）", $"{a.ItemName} and {b.ItemName} are used together and interact ({point.ItemName})", earlier);

    private static bool AreOpposed(KnowledgePoint point, AuditLine a, AuditLine b) =>
        a.MedListCode != b.MedListCode && ((point.Codes.Contains(a.MedListCode) && point.Others.Contains(b.MedListCode)) || (point.Codes.Contains(b.MedListCode) && point.Others.Contains(a.MedListCode)));

    private static bool AreTogether(AuditLine a, AuditLine b)
    {
        if (a.QuantityE4 <= 0 || b.QuantityE4 <= 0) return false;
        var (first, second) = (AuditDays.Count(a.OccurredOn), AuditDays.Count(b.OccurredOn));
        return first < second + AuditDays.Supply(b) && second < first + AuditDays.Supply(a);
    }
}
