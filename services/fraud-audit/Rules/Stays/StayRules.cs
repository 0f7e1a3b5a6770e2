namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>Rules about stays and what goes on beside them.</summary>
internal static class StayRules
{
    public static IReadOnlyList<BillRule> All { get; } =
        [new SplitStay(), new RotatingStay(), new OverlappingStay(), new EmptyDays(), new VisitDuringStay(), new LowAdmission(), new OneDayStay(), new UpCoding(), new LongStay()];
}
