using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>An item and another one that it includes, both charged on a day or in one bill (重复收费). The included item's money is the violation's.</summary>
internal sealed class DuplicateCharge() : BillRule("GZ10000102012000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        var (sameDay, count) = (point.Window != "bill", 0);
        foreach (var line in lines)
            if (IsIncluded(point, line) && IncludesIn(lines, point, line, sameDay)) count++;
        if (count > 0)
        {
            var (included, at) = (new AuditLine[count], 0);
            foreach (var line in lines)
                if (IsIncluded(point, line) && IncludesIn(lines, point, line, sameDay)) included[at++] = line;
            Found(bill, point, included, ((ReadOnlySpan<AuditLine>)included).InScope(), []);
            return;
        }

        // A visit may be billed in parts.
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var earlier = bill.Earlier[i];
            if (earlier.MdtrtId != bill.Claim.MdtrtId || earlier.MdtrtId.Length == 0) continue;
            var theirs = NetLines.Of(earlier.Line);
            for (var k = 0; k < theirs.Count; k++)
                foreach (var line in lines)
                {
                    if (sameDay && line.OccurredOn != theirs[k].OccurredOn) continue;
                    if (IsIncluded(point, line) && point.Codes.Contains(theirs[k].MedListCode)) { Found(bill, point, [line], line.InScopeFen, [earlier]); return; }
                    if (point.Codes.Contains(line.MedListCode) && IsIncluded(point, theirs[k])) { Found(bill, point, [line], Math.Min(line.InScopeFen, theirs[k].InScopeFen), [earlier]); return; }
                }
        }
    }

    private void Found(BillUnderAudit bill, KnowledgePoint point, AuditLine[] lines, long fen, IReadOnlyList<AuditClaim> earlier) =>
        bill.Find(this, point.PointNo, lines, fen, $"{point.ItemName}已包含{lines[0].ItemName}，{AuditDays.Text(lines[0].OccurredOn)}同时收费，重复{LineMoney.Yuan(fen)}元",
            $"{point.ItemName} includes {lines[0].ItemName}, and both were charged on {AuditDays.Text(lines[0].OccurredOn)}: {LineMoney.Yuan(fen)} twice", earlier);

    private static bool IsIncluded(KnowledgePoint point, AuditLine line) => line.QuantityE4 > 0 && point.Others.Contains(line.MedListCode) && !point.Codes.Contains(line.MedListCode);

    private static bool IncludesIn(ReadOnlySpan<AuditLine> lines, KnowledgePoint point, AuditLine included, bool sameDay)
    {
        foreach (var line in lines)
            if (line.QuantityE4 > 0 && point.Codes.Contains(line.MedListCode) && (!sameDay || line.OccurredOn == included.OccurredOn)) return true;
        return false;
    }
}
