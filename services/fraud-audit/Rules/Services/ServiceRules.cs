namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>Rules about services and consumables, their prices, and what the catalog says of any item.</summary>
internal static class ServiceRules
{
    public static IReadOnlyList<BillRule> All { get; } =
    [
        new SexLimit("GZ10000302004000"), new ChildOnly("GZ10000302003000", ofPayment: false), new AgeLimit("MI10000302051000"), new PaidCourse("GZ10000102010000"), new ProviderGrade("MI10000102054000"),
        new LimitedUse("MI10000103051000"), new ItemFrequency("GZ10000102014000"), new ItemFrequency("MI10000102055000"), new DuplicateCharge(), new OperationNotReduced(), new PriceAboveList(), new SplitCharge(),
        new DayCharge("MI10000102056000"), new DayCharge("MI10000102057000"), new WithoutPremise("MI10000303051000"), new WithoutPremise("MI10000302052000"), new OutsideCatalog(), new SelfMadeItem(), new DuplicateLine(),
        new CatalogPerson(), new CatalogQuantity(), new RepeatedExamination(), new RepeatedConsultation(),
    ];
}
