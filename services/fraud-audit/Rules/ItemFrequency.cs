using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>More of an item than its window allows: within a bill or day (限定频次), over weeks to a year across visits and providers (周期超频次), or of a drug (超限量用药). What was given back does not count.</summary>
internal sealed class ItemFrequency(string number) : BillRule(number)
{
    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        var (excessMoney, excess, own, most) = (0L, 0L, 0L, 0L);
        var ofBill = point.Window is "bill" or "";
        var (windowFrom, windowTo, before) = (0, 0, 0L);
        // What a line had too much is no reason against the next one, days later.
        Span<long> allowed = lines.Length <= 128 ? stackalloc long[lines.Length] : new long[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            var (from, to) = ofBill ? (0, int.MaxValue) : AuditDays.Window(point.Window, lines[i].OccurredOn);
            if (!ofBill && (from, to) != (windowFrom, windowTo)) (windowFrom, windowTo, before) = (from, to, EarlierIn(bill, point, from, to));
            var (used, all) = (before, before + lines[i].QuantityE4);
            for (var k = 0; k < i; k++)
                if (lines[k].OccurredOn >= from && lines[k].OccurredOn <= to) (used, all) = (used + allowed[k], all + lines[k].QuantityE4);
            own += lines[i].QuantityE4;
            most = Math.Max(most, all);
            var over = Math.Max(0, Math.Min(lines[i].QuantityE4, used + lines[i].QuantityE4 - point.LimitE4));
            allowed[i] = lines[i].QuantityE4 - over;
            if (over == 0) continue;
            excess += over;
            excessMoney += LineMoney.Part(lines[i].InScopeFen, over, lines[i].QuantityE4);
        }
        if (excess == 0) return;
        bill.Find(this, point.PointNo, lines.ToArray(), excessMoney,
            $"{point.ItemName}限{PaidCourse.WindowText(point.Window)}{LineMoney.Amount(point.LimitE4)}，累计达{LineMoney.Amount(most)}，本次{LineMoney.Amount(own)}，超出{LineMoney.Amount(excess)}",
            $"{point.ItemName} is limited to {LineMoney.Amount(point.LimitE4)} ({(point.Window.Length == 0 ? "bill" : point.Window)}): {LineMoney.Amount(most)} in all, {LineMoney.Amount(own)} in this bill, {LineMoney.Amount(excess)} too many");
    }

    /// <summary>Lines and their corrections cancel each other out.</summary>
    private static long EarlierIn(BillUnderAudit bill, KnowledgePoint point, int from, int to)
    {
        var quantity = 0L;
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var earlier = bill.Earlier[i];
            if (RuleSet.DayOf(earlier) < from || earlier.BeginOn > to) continue;
            for (var k = 0; k < earlier.Line.Count; k++)
            {
                var line = earlier.Line[k];
                if (line.OccurredOn >= from && line.OccurredOn <= to && point.Codes.Contains(line.MedListCode)) quantity += line.QuantityE4;
            }
        }
        return quantity;
    }
}
