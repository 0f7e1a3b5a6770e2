using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A rule of which each line of a point's item is a violation or none, by itself.</summary>
internal abstract class ItemRule(string number) : BillRule(number)
{
    public sealed override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        var count = 0;
        foreach (var line in lines)
            if (IsBroken(line)) count++;
        if (count == 0) return;

        var (broken, at) = (new AuditLine[count], 0);
        foreach (var line in lines)
            if (IsBroken(line)) broken[at++] = line;
        var (text, textEn) = Say(bill, terms, point, broken);
        bill.Find(this, point.PointNo, broken.AsSpan(), text, textEn);

        // What takes back a line of another bill breaks nothing.
        bool IsBroken(AuditLine line) => line.QuantityE4 > 0 && Breaks(bill, terms, point, line);
    }

    protected abstract bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line);

    /// <param name="lines">Those that break it; at least one.</param>
    protected abstract (string Text, string English) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines);
}
