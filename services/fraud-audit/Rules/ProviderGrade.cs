using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A drug or item paid from a grade of provider on, billed by a lower one (限医疗机构级别).</summary>
internal sealed class ProviderGrade(string number) : ItemRule(number)
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line) =>
        line.InScopeFen > 0 && bill.Claim.PolicyLevel.Length > 0 && PolicyLevel.Parse(bill.Claim.PolicyLevel).Rank < PolicyLevel.Parse(point.LevelMin).Rank;

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines) =>
        ($"{point.ItemName}限{point.LevelMin}级及以上医疗机构支付，本机构级别为{bill.Claim.PolicyLevel}", $"{point.ItemName} is paid from provider level {point.LevelMin} on, this one has {bill.Claim.PolicyLevel}");
}
