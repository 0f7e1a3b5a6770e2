using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>What another insurance pays: work injury (限工伤), maternity (限生育). A point names the schemes or ways of care under which it is payable; none at all: never here.</summary>
internal sealed class SchemeOnly(string number, string name, string nameEn) : ItemRule(number)
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line)
    {
        if (line.InScopeFen <= 0) return false;
        for (var i = 0; i < point.Insutypes.Count; i++)
            if (point.Insutypes[i] == bill.Claim.Insutype) return false;
        return !BillUnderAudit.BeginsWithAny(bill.Claim.MedType, point.MedTypes);
    }

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"{point.ItemName}限{name}支付，本次险种{bill.Claim.Insutype}、医疗类别{bill.Claim.MedType}", $"{point.ItemName} is paid by {nameEn} only, the bill is of scheme {bill.Claim.Insutype}, care {bill.Claim.MedType}");
}
