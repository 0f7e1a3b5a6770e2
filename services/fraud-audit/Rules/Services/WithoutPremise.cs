using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>A consumable without the operation that uses it, or an item without the one that it belongs to: nothing of a point's other items is charged in the visit or some days before it.</summary>
internal sealed class WithoutPremise(string number) : BillRule(number)
{
    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        if (lines.InScope() <= 0 || HasPremise(bill.Lines, point, 0)) return;
        var since = AuditDays.Plus(lines[0].OccurredOn, -terms.Whole("look_back_days"));
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var earlier = bill.Earlier[i];
            if ((earlier.MdtrtId == bill.Claim.MdtrtId || RuleSet.DayOf(earlier) >= since) && HasPremise(NetLines.Of(earlier.Line), point, earlier.MdtrtId == bill.Claim.MdtrtId ? 0 : since)) return;
        }
        bill.Find(this, point.PointNo, lines, $"收取{point.ItemName}，但本次及此前{terms.Whole("look_back_days")}天内无对应的诊疗项目", $"{point.ItemName} was charged without any item that it belongs to, in the visit or the {terms.Whole("look_back_days")} days before");
    }

    private static bool HasPremise(IReadOnlyList<AuditLine> lines, KnowledgePoint point, int since)
    {
        for (var i = 0; i < lines.Count; i++)
            if (lines[i].OccurredOn >= since && lines[i].QuantityE4 > 0 && point.Others.Contains(lines[i].MedListCode)) return true;
        return false;
    }
}
