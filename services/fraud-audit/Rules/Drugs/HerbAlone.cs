using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>A herb that the fund pays in compounds only, used alone (单方不予支付). What the line says of its use counts; where it says nothing, whether its prescription has another herb.</summary>
internal sealed class HerbAlone() : ItemRule("GZ10000101004000")
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line)
    {
        if (line.InScopeFen <= 0 || line.HerbUse == "1") return false;
        if (line.HerbUse == "2") return true;
        for (var i = 0; i < bill.Lines.Count; i++)
            if (bill.Lines[i] is { ListType: "102" } other && other.MedListCode != line.MedListCode && other.PrescriptionNo == line.PrescriptionNo && other.OccurredOn == line.OccurredOn) return false;
        return true;
    }

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"饮片{point.ItemName}单方不予支付，处方中无其他饮片", $"the herb {point.ItemName} is not paid when used alone, and its prescription has no other");
}
