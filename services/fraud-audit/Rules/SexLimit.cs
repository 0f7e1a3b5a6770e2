using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A drug or item of one sex for a person of the other (限性别).</summary>
internal sealed class SexLimit(string number) : ItemRule(number)
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line) => bill.Claim.Gend is "1" or "2" && bill.Claim.Gend != point.Gend;

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"{point.ItemName}限{(point.Gend == "1" ? "男" : "女")}性使用，患者为{(point.Gend == "1" ? "女" : "男")}性",
         $"{point.ItemName} is for {(point.Gend == "1" ? "men" : "women")} only, the patient is a {(point.Gend == "1" ? "woman" : "man")}");
}
