using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>A second-line drug for somebody of whom no first-line drug is known (限二线).</summary>
internal sealed class SecondLine() : ItemRule("GZ10000101005000")
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line)
    {
        if (line.InScopeFen <= 0 || HasFirst(bill.Lines, point, line.OccurredOn)) return false;
        var since = AuditDays.Plus(line.OccurredOn, -terms.Whole("look_back_days"));
        for (var i = bill.Earlier.Count - 1; i >= 0; i--)
        {
            var earlier = bill.Earlier[i];
            if (RuleSet.DayOf(earlier) >= since && HasFirst(NetLines.Of(earlier.Line), point, line.OccurredOn)) return false;
        }
        return true;
    }

    private static bool HasFirst(IReadOnlyList<AuditLine> lines, KnowledgePoint point, int until)
    {
        for (var i = 0; i < lines.Count; i++)
            if (lines[i].OccurredOn <= until && point.Others.Contains(lines[i].MedListCode)) return true;
        return false;
    }

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"{point.ItemName}限二线用药，此前{terms.Whole("look_back_days")}天内无一线药品使用记录", $"{point.ItemName} is a second-line drug, and no first-line drug is known of the {terms.Whole("look_back_days")} days before");
}
