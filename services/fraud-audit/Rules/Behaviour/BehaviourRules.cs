namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>Rules about who is treated, where and how often.</summary>
internal static class BehaviourRules
{
    public static IReadOnlyList<BillRule> All { get; } =
        [new AfterDeath(), new DiagnosisSex(), new DiagnosisAge(), new DistantVisits(), new ManyProvidersInADay(), new FrequentVisits(), new BilledTwice(), new OutsideTheStay(), new UnqualifiedDoctor()];
}
