using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>A drug paid for some diseases, of which the bill names none (限适应症). A bill that names no disease at all says nothing.</summary>
internal sealed class DrugIndication() : ItemRule("GZ10000101008000")
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line) => line.InScopeFen > 0 && bill.NamesDisease && !bill.HasDiagnosis(point.Diagnoses);

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"{point.ItemName}限适应症{string.Join('、', point.Diagnoses)}支付，本次诊断均不符合", $"{point.ItemName} is paid for {string.Join(", ", point.Diagnoses)} only, no diagnosis of the bill is one of them");
}
