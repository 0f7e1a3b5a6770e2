namespace MedInsure.Console.Access;

/// <summary>What somebody may do in the console, by name; a page asks for one by [RequirePermission]. The roles that have it are in <see cref="Roles"/>.</summary>
public static class Permissions
{
    public const string
        PersonRead = "person.read", PersonPlain = "person.plain", EnrolmentRead = "enrolment.read", EnrolmentAct = "enrolment.act",
        BillingRead = "billing.read", BillingAct = "billing.act", BillRead = "bill.read",
        PolicyRead = "policy.read", PolicyAct = "policy.act", ProviderRead = "provider.read", ProviderAct = "provider.act", CatalogRead = "catalog.read",
        StatementRead = "statement.read", StatementAct = "statement.act", PaymentAct = "payment.act", ClearingRead = "clearing.read", ClearingAct = "clearing.act",
        FundRead = "fund.read", FundAct = "fund.act", InsurerRead = "insurer.read",
        CaseRead = "case.read", CaseAct = "case.act", SampleRead = "sample.read", SampleAct = "sample.act",
        ReportRead = "report.read", ReportAct = "report.act", DisclosureAct = "disclosure.act", WarningRead = "warning.read",
        UserRead = "user.read", UserAct = "user.act", LogRead = "log.read", MessageRead = "message.read", MessageAct = "message.act", OperationsRead = "operations.read";
}

/// <summary>Who has which permission. The public, not signed in, has none: its pages ask for none.</summary>
public static class Roles
{
    public const string City = "city", County = "county", Township = "township", Provider = "provider", Auditor = "auditor", Finance = "finance", Insurer = "insurer", Operations = "operations";

    private static readonly Dictionary<string, string[]> Held = new()
    {
        [City] =
        [
            Permissions.PersonRead, Permissions.EnrolmentRead, Permissions.BillingRead, Permissions.BillRead, Permissions.PolicyRead, Permissions.PolicyAct, Permissions.ProviderRead, Permissions.ProviderAct,
            Permissions.CatalogRead, Permissions.StatementRead, Permissions.ClearingRead, Permissions.ClearingAct, Permissions.FundRead, Permissions.FundAct, Permissions.InsurerRead, Permissions.CaseRead,
            Permissions.SampleRead, Permissions.ReportRead, Permissions.ReportAct, Permissions.DisclosureAct, Permissions.WarningRead, Permissions.UserRead, Permissions.UserAct, Permissions.LogRead, Permissions.OperationsRead,
        ],
        [County] =
        [
            Permissions.PersonRead, Permissions.PersonPlain, Permissions.EnrolmentRead, Permissions.EnrolmentAct, Permissions.BillingRead, Permissions.BillingAct, Permissions.BillRead, Permissions.PolicyRead,
            Permissions.ProviderRead, Permissions.ProviderAct, Permissions.CatalogRead, Permissions.StatementRead, Permissions.StatementAct, Permissions.ClearingRead, Permissions.FundRead, Permissions.CaseRead,
            Permissions.SampleRead, Permissions.ReportRead, Permissions.DisclosureAct, Permissions.WarningRead, Permissions.UserRead, Permissions.UserAct, Permissions.LogRead,
        ],
        // Persons, enrolment and billing are asked by county: no township narrows them yet.
        [Township] = [Permissions.ReportRead],
        [Provider] = [Permissions.BillRead, Permissions.StatementRead, Permissions.CatalogRead],
        [Auditor] =
        [
            Permissions.PersonRead, Permissions.BillRead, Permissions.ProviderRead, Permissions.CatalogRead, Permissions.StatementRead, Permissions.CaseRead, Permissions.CaseAct, Permissions.SampleRead,
            Permissions.SampleAct, Permissions.ReportRead, Permissions.LogRead, Permissions.PolicyRead,
        ],
        [Finance] =
        [
            Permissions.BillingRead, Permissions.BillingAct, Permissions.BillRead, Permissions.StatementRead, Permissions.PaymentAct, Permissions.ClearingRead, Permissions.ClearingAct, Permissions.FundRead,
            Permissions.FundAct, Permissions.ReportRead, Permissions.WarningRead,
        ],
        [Insurer] = [Permissions.InsurerRead],
        [Operations] = [Permissions.UserRead, Permissions.UserAct, Permissions.LogRead, Permissions.MessageRead, Permissions.MessageAct, Permissions.OperationsRead],
    };

    public static IReadOnlyCollection<string> All => Held.Keys;

    public static bool Has(string role, string permission) => Held.TryGetValue(role, out var held) && held.Contains(permission);
}
