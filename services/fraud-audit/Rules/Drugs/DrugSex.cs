using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>A drug of one sex for a person of the other (限性别).</summary>
internal sealed class DrugSex() : BillRule("GZ10000301004000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        if (bill.Claim.Gend is not ("1" or "2") || bill.Claim.Gend == point.Gend) return;
        var inScope = 0L;
        foreach (var line in lines) inScope += line.InScopeFen;
        bill.Find(this, point.PointNo, lines.ToArray(), inScope, $"{point.ItemName}限{(point.Gend == "1" ? "男" : "女")}性使用，患者为{(point.Gend == "1" ? "女" : "男")}性",
            $"{point.ItemName} is for {(point.Gend == "1" ? "men" : "women")} only, the patient is a {(point.Gend == "1" ? "woman" : "man")}");
    }
}
