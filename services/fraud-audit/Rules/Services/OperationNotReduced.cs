using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>A further operation of the day charged in full (手术未折价). Point: the operation, its full price (empty: the line's ceiling), and with which operations it is reduced (empty: any).</summary>
internal sealed class OperationNotReduced() : BillRule("GZ10000102002000")
{
    private const string Surgery = "06";

    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        var (excess, first) = (0L, -1);
        for (var i = 0; i < lines.Length; i++)
        {
            if (TooMuch(bill, terms, point, lines[i]) is not (> 0 and var fen)) continue;
            excess += LineMoney.Part(lines[i].InScopeFen, fen, lines[i].AmountFen);
            if (first < 0) first = i;
        }
        if (first < 0) return;
        var line = lines[first];
        bill.Find(this, point.PointNo, lines.ToArray(), excess,
            $"{AuditDays.Text(line.OccurredOn)}同日另有手术，{point.ItemName}应按不超过{terms["further_share"] * 100:0.##}%计价，实收{LineMoney.Yuan(line.AmountFen)}元，多收政策范围内{LineMoney.Yuan(excess)}元",
            $"another operation was done on {AuditDays.Text(line.OccurredOn)}: {point.ItemName} may be charged at {terms["further_share"] * 100:0.##} % at most, {LineMoney.Yuan(line.AmountFen)} was charged, {LineMoney.Yuan(excess)} in scope too much");
    }

    private static long TooMuch(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line)
    {
        var full = point.LimitE4 > 0 ? point.LimitE4 : line.CeilingMicroYuan;
        if (full == 0 || line.QuantityE4 <= 0 || !FollowsAnother(bill, point, line)) return 0;
        // Half an operation is how some write half its price.
        var operations = Math.Max(1, line.QuantityE4 / 10_000);
        return line.AmountFen - (long)decimal.Ceiling(full * operations * terms["further_share"] / 10_000);
    }

    /// <summary>The dearest operation of the day is the first; of equals the earliest line.</summary>
    private static bool FollowsAnother(BillUnderAudit bill, KnowledgePoint point, AuditLine line)
    {
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var other = bill.Lines[i];
            if (other.MedChrgitmType != Surgery || other.OccurredOn != line.OccurredOn || other.MedListCode == line.MedListCode || other.QuantityE4 <= 0) continue;
            if (point.Others.Count > 0 && !point.Others.Contains(other.MedListCode)) continue;
            if (other.AmountFen > line.AmountFen || (other.AmountFen == line.AmountFen && (other.OccurredAtMs, string.CompareOrdinal(other.FeedetlSn, line.FeedetlSn)).CompareTo((line.OccurredAtMs, 0)) < 0)) return true;
        }
        return false;
    }
}
