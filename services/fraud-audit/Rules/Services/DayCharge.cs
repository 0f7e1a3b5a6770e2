using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>What is charged once for a day of a stay (a bed, a level of nursing), charged for more than one a day, for days outside the stay, or for more days than it has. A point holds all items of which a day has one.</summary>
internal sealed class DayCharge(string number) : BillRule(number)
{
    private const long Once = 10_000;

    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        var claim = bill.Claim;
        if (!bill.IsStay || claim.BeginOn == 0) return;
        var end = claim.EndOn != 0 ? claim.EndOn : lines[^1].OccurredOn;
        var (charged, excess, at) = (0L, 0L, 0);
        while (at < lines.Length)
        {
            var (day, ofDay) = (lines[at].OccurredOn, 0L);
            for (; at < lines.Length && lines[at].OccurredOn == day; at++) ofDay += lines[at].QuantityE4;
            charged += ofDay;
            excess += Math.Max(0, ofDay - (day < claim.BeginOn || day > end ? 0 : Once));
        }
        // A stay may be billed in parts: what earlier parts charged has used its days.
        var before = 0L;
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var earlier = bill.Earlier[i];
            if (earlier.MdtrtId != claim.MdtrtId || earlier.MdtrtId.Length == 0) continue;
            for (var k = 0; k < earlier.Line.Count; k++)
                if (point.Codes.Contains(earlier.Line[k].MedListCode)) before += earlier.Line[k].QuantityE4;
        }
        // The day of discharge is counted unless the county says otherwise; a stay of one day has one.
        var days = Math.Max(1, AuditDays.Between(claim.BeginOn, end) + terms.Whole("count_last_day")) * Once;
        // Charges may be gathered on one day for several: then the sum alone tells.
        var beyond = Math.Min(charged, before + charged - days);
        excess = terms.Whole("each_day_by_itself") == 1 ? Math.Max(excess, beyond) : beyond;
        if (excess <= 0) return;
        bill.Find(this, point.PointNo, lines.ToArray(), LineMoney.Part(lines.InScope(), excess, charged),
            $"住院{LineMoney.Amount(days)}天（{AuditDays.Text(claim.BeginOn)}至{AuditDays.Text(end)}），{point.ItemName}收费{LineMoney.Amount(before + charged)}天，多收{LineMoney.Amount(excess)}天",
            $"a stay of {LineMoney.Amount(days)} days from {AuditDays.Text(claim.BeginOn)} to {AuditDays.Text(end)} was charged {LineMoney.Amount(before + charged)} days of {point.ItemName}: {LineMoney.Amount(excess)} too many");
    }
}
