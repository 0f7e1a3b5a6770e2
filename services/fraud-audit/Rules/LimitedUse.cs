using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A limited-use item in scope, of which neither the hospital confirms the condition nor a diagnosis shows it (超限定支付).</summary>
internal sealed class LimitedUse(string number) : ItemRule(number)
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line) =>
        line.InScopeFen > 0 && !line.Approved && !(point.Diagnoses.Count > 0 && bill.HasDiagnosis(point.Diagnoses));

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"{point.ItemName}为限定支付项目（{point.Basis}），未经医院审批确认，诊断也不符合限定条件", $"{point.ItemName} is of limited use ({point.Basis}): neither confirmed by the hospital nor shown by a diagnosis");
}
