namespace MedInsure.FraudAudit.Rules.Period;

/// <summary>Rules over all bills of a period.</summary>
internal static class PeriodRules
{
    public static IReadOnlyList<PeriodRule> All { get; } =
        [new CardCluster(), new Companions(), new CappedConsumption(), new DrugShare(), new ExamShare(), new MaterialShare(), new TreatmentShare(), new ReadmissionRate(), new PoorStays(), new StaySurge()];
}
