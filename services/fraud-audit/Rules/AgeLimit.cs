using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A drug or item outside the ages that it is for (限年龄).</summary>
internal sealed class AgeLimit(string number) : ItemRule(number)
{
    protected override bool Breaks(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, AuditLine line) =>
        bill.AgeOn(line.OccurredOn) is { } age && (age < point.AgeMin || age > point.AgeMax);

    protected override (string, string) Say(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, IReadOnlyList<AuditLine> lines)
    {
        var age = bill.AgeOn(lines[0].OccurredOn);
        return ($"{point.ItemName}限{point.AgeMin?.ToString() ?? "0"}至{point.AgeMax?.ToString() ?? "不限"}周岁，患者{age}周岁", $"{point.ItemName} is for the ages from {point.AgeMin ?? 0} to {point.AgeMax?.ToString() ?? "any"}, the patient is {age}");
    }
}
