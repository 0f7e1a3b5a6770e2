using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>Two drugs or herbs that may not be mixed, in one prescription of a day (配伍禁忌).</summary>
internal sealed class IncompatibleDrugs() : BillRule("MI10000301053000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        for (var i = 0; i < lines.Length; i++)
            for (var k = i + 1; k < lines.Length; k++)
            {
                var (a, b) = (lines[i], lines[k]);
                if (a.OccurredOn != b.OccurredOn || a.PrescriptionNo != b.PrescriptionNo || (a.PrescriptionNo.Length == 0 && a.OccurredAtMs != b.OccurredAtMs) || a.QuantityE4 <= 0 || b.QuantityE4 <= 0) continue;
                if (!(point.Codes.Contains(a.MedListCode) && point.Others.Contains(b.MedListCode)) && !(point.Codes.Contains(b.MedListCode) && point.Others.Contains(a.MedListCode))) continue;
                bill.Find(this, point.PointNo, [a, b], a.InScopeFen + b.InScopeFen, $"{AuditDays.Text(a.OccurredOn)}同一处方内{a.ItemName}与{b.ItemName}存在配伍禁忌（{point.ItemName}）",
                    $"{a.ItemName} and {b.ItemName} may not be mixed and are in one prescription of {AuditDays.Text(a.OccurredOn)} ({point.ItemName})");
                return;
            }
    }
}
