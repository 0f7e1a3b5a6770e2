using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>A herb that the fund pays neither alone nor in a compound (单复方均不予支付).</summary>
internal sealed class HerbNeverPaid() : ItemRule("GZ10000101003000")
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line) => line.InScopeFen > 0;

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"饮片{point.ItemName}单方、复方均不予支付，已计入政策范围", $"the herb {point.ItemName} is paid neither alone nor in a compound, yet is in scope");
}
