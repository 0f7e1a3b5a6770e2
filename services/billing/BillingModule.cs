using MedInsure.Billing.Accounts;
using MedInsure.Billing.Assessments;
using MedInsure.Billing.Bills;
using MedInsure.Billing.Desk;
using MedInsure.Billing.Dunning;
using MedInsure.Billing.Employers;
using MedInsure.Billing.Incomes;
using MedInsure.Billing.OwnBills;
using MedInsure.Billing.Payments;
using MedInsure.Billing.Persons;
using MedInsure.Billing.Reconciliation;
using MedInsure.Billing.Refunds;
using MedInsure.Billing.Subsidies;
using MedInsure.Billing.Years;
using MedInsure.Events;
using MedInsure.Hosting;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Billing;

/// <summary>Registration of the service, alone or beside the others in one process.</summary>
public static class BillingModule
{
    /// <summary>Folder, image, chart template, schema and role share this name.</summary>
    public const string Service = "billing";

    public static WebApplicationBuilder AddBilling(this WebApplicationBuilder builder)
    {
        builder.AddPlatform(Service);
        builder.AddOutbox(Service);
        builder.AddEventHandler<InsuredPersonChanged, PersonChangedHandler>(Service);
        builder.AddEventHandler<CoverRequested, CoverRequestedHandler>(Service);
        builder.AddEventHandler<PersonMerged, PersonMergedHandler>(Service);
        builder.AddEventHandler<AccountDebited, AccountDebitedHandler>(Service);
        builder.AddEventHandler<EmployerChanged, EmployerChangedHandler>(Service);
        builder.AddEventHandler<EmploymentChanged, EmploymentChangedHandler>(Service);
        builder.AddEventHandler<PersonTransferred, PersonTransferredHandler>(Service);
        builder.AddServiceClient<Enrollment.EnrollmentClient>("enrollment");
        builder.AddServiceClient<PersonDesk.PersonDeskClient>("enrollment");
        builder.AddServiceClient<EmployerDesk.EmployerDeskClient>("enrollment");
        builder.AddServiceClient<Settlement.SettlementClient>("settlement");
        builder.Services.AddSingleton<BilledCounties>().AddSingleton<BillingGrpc>().AddSingleton<PersonMoneyGrpc>().AddSingleton<EmployerMoneyGrpc>().AddSingleton<CollectionFeedGrpc>().AddSingleton<BillingDesk>();
        builder.Services.AddSingleton<AssessmentWorker>().AddHostedService(services => services.GetRequiredService<AssessmentWorker>());
        builder.Services.AddSingleton<BillWorker>().AddHostedService(services => services.GetRequiredService<BillWorker>());
        builder.Services.AddHostedService<PersonCopyWorker>();
        builder.Services.AddSingleton<InterestWorker>().AddHostedService(services => services.GetRequiredService<InterestWorker>());
        return builder;
    }

    public static WebApplication MapBilling(this WebApplication app)
    {
        app.MapGrpcService<BillingGrpc>();
        app.MapGrpcService<PersonMoneyGrpc>();
        app.MapGrpcService<EmployerMoneyGrpc>();
        app.MapGrpcService<CollectionFeedGrpc>();
        var county = app.MapGroup("/billing/{county}");
        AssessmentEndpoints.Map(county);
        SubsidyEndpoints.Map(county);
        PaymentEndpoints.Map(county);
        BankEndpoints.Map(county);
        RefundEndpoints.Map(county);
        DunningEndpoints.Map(county);
        AccountEndpoints.Map(county);
        BillEndpoints.Map(county);
        YearEndpoints.Map(county);
        IncomeEndpoints.Map(county);
        return app;
    }
}
