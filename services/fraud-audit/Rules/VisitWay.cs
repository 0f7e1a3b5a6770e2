using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A drug or item that is paid in other ways of care only (限就医方式).</summary>
internal sealed class VisitWay(string number) : ItemRule(number)
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line) => line.InScopeFen > 0 && !BillUnderAudit.BeginsWithAny(bill.Claim.MedType, point.MedTypes);

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"{point.ItemName}限医疗类别{string.Join('、', point.MedTypes)}支付，本次为{bill.Claim.MedType}", $"{point.ItemName} is paid in care of {string.Join(", ", point.MedTypes)} only, the bill is of {bill.Claim.MedType}");
}
