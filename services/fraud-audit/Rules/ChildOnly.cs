using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>What is for children, or paid for children only, for somebody older (限儿童).</summary>
/// <param name="ofPayment">It may be used for adults; the fund does not pay it then.</param>
internal sealed class ChildOnly(string number, bool ofPayment) : ItemRule(number)
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line) =>
        (!ofPayment || line.InScopeFen > 0) && bill.AgeOn(line.OccurredOn) > OldestOf(terms, point);

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines)
    {
        var (age, oldest) = (bill.AgeOn(lines[0].OccurredOn), OldestOf(terms, point));
        return ofPayment
            ? ($"{point.ItemName}限{oldest}周岁及以下儿童支付，患者{age}周岁", $"the fund pays {point.ItemName} to the age of {oldest} only, the patient is {age}")
            : ($"{point.ItemName}为{oldest}周岁及以下儿童专用，患者{age}周岁", $"{point.ItemName} is for children to the age of {oldest}, the patient is {age}");
    }

    private static int OldestOf(RuleTerms terms, KnowledgePoint point) => point.AgeMax ?? terms.Whole("child_age_max");
}
