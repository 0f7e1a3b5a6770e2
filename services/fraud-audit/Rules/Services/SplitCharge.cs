using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>All parts of an item charged on a day instead of the item, for more than it costs (分解收费). Point: the parts, the item (others), its price (limit).</summary>
internal sealed class SplitCharge() : BillRule("MI10000102052000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        if (lines.Length < point.Codes.Count) return;
        var from = 0;
        while (from < lines.Length)
        {
            var to = from;
            while (to < lines.Length && lines[to].OccurredOn == lines[from].OccurredOn) to++;
            Day(bill, point, lines[from..to]);
            from = to;
        }
    }

    private void Day(BillUnderAudit bill, KnowledgePoint point, ReadOnlySpan<AuditLine> parts)
    {
        foreach (var code in point.Codes)
            if (!Has(parts, code)) return;
        var (fen, price) = (0L, point.LimitE4 / 10_000);
        foreach (var part in parts) fen += part.AmountFen;
        if (fen <= price) return;
        var day = parts[0].OccurredOn;
        var inScope = LineMoney.Part(parts.InScope(), fen - price, fen);
        bill.Find(this, $"{point.PointNo} {day}", parts.ToArray(), inScope,
            $"{AuditDays.Text(day)}将{point.ItemName}分解为{point.Codes.Count}项收费{LineMoney.Yuan(fen)}元，该项目标准{LineMoney.Yuan(price)}元",
            $"{point.ItemName} was charged as {point.Codes.Count} parts on {AuditDays.Text(day)}: {LineMoney.Yuan(fen)} instead of {LineMoney.Yuan(price)}");
    }

    private static bool Has(ReadOnlySpan<AuditLine> lines, string code)
    {
        foreach (var line in lines)
            if (line.MedListCode == code && line.QuantityE4 > 0) return true;
        return false;
    }
}
