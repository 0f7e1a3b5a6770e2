namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>Rules about single drugs, what they go with, and how much is prescribed.</summary>
internal static class DrugRules
{
    public static IReadOnlyList<BillRule> All { get; } =
    [
        new SexLimit("GZ10000301004000"), new ChildOnly("GZ10000101007000", ofPayment: true), new ChildOnly("GZ10000301002000", ofPayment: false), new AgeLimit("MI10000301054000"),
        new SchemeOnly("GZ10000101001000", "工伤保险", "work-injury insurance"), new SchemeOnly("GZ10000101002000", "生育保险", "maternity insurance"), new DrugIndication(), new SecondLine(),
        new PaidCourse("GZ10000101010000"), new ProviderGrade("GZ10000101012000"), new VisitWay("MI10000101053000"), new HerbNeverPaid(), new HerbAlone(), new LimitedUse("MI10000101054000"),
        new ItemFrequency("MI10000101055000"), new OverSupply(), new DuplicateMedication(), new DrugInteraction(), new IncompatibleDrugs(), new SplitPrescription(), new BigPrescription(), new PrescriptionKinds(),
    ];
}
