namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>Rules about single drugs and what they go with.</summary>
internal static class DrugRules
{
    public static IReadOnlyList<BillRule> All { get; } = [new DrugSex()];
}
