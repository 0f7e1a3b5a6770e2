using MedInsure.Events;
using MedInsure.Hosting;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Accounts;
using MedInsure.Settlement.BillChecks;
using MedInsure.Settlement.Clearing;
using MedInsure.Settlement.Corrections;
using MedInsure.Settlement.Families;
using MedInsure.Settlement.Indicators;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ManualClaims;
using MedInsure.Settlement.OffCounty;
using MedInsure.Settlement.PaymentTerms;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Pooling;
using MedInsure.Settlement.PolicyLife;
using MedInsure.Settlement.ProviderMoney;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Statements;
using MedInsure.Settlement.Supplements;
using MedInsure.Settlement.YearEnd;
using MedInsure.Settlement.YearEndClose;

namespace MedInsure.Settlement;

/// <summary>Registration of the service, alone or beside the others in one process.</summary>
public static class SettlementModule
{
    /// <summary>Folder, image, chart template, schema and role share this name.</summary>
    public const string Service = "settlement";

    /// <summary>The job that walks the journals; its report holds each tenant's head hash of the day.</summary>
    public const string VerifyJob = "verify";

    public static void AddSettlement(this WebApplicationBuilder builder)
    {
        builder.AddPlatform(Service);
        builder.AddReferenceData(Service);
        builder.AddOutbox(Service);
        builder.AddEventHandler<InsuredPersonChanged, InsuredPersonHandler>(Service);
        builder.AddEventHandler<ClaimSettled, ClaimFeedHandler>(Service, EventOrigin.CountiesAtCity);
        builder.AddEventHandler<SupplementCaughtUp, ClaimFeedHandler>(Service, EventOrigin.CountiesAtCity);
        builder.AddEventHandler<PolicyPublished, PolicyPublishedHandler>(Service);
        builder.AddEventHandler<IncomeReceived, IncomeReceivedHandler>(Service);
        builder.AddEventHandler<ClaimCorrected, ClaimFeedHandler>(Service, EventOrigin.CountiesAtCity);
        builder.AddEventHandler<PersonMerged, MergesToFollow>(Service);
        builder.AddEventHandler<FundMoved, FundMovedHandler>(Service, EventOrigin.OwnCityAndCounties);
        builder.AddEventHandler<FundMirrored, FundMirroredHandler>(Service, EventOrigin.OwnCityAndCounties);
        builder.AddEventHandler<FundDayClosed, FundDayClosedHandler>(Service, EventOrigin.CountiesAtCity);
        builder.AddEventHandler<FundApplied, FundAppliedHandler>(Service, EventOrigin.CountiesAtCity);
        builder.AddEventHandler<FundApplicationDecided, FundDecidedHandler>(Service);
        builder.AddEventListener<InsuredPersonChanged, InsuredPersonListener>(Service);
        builder.AddEventHandler<AccountCredited, AccountCreditedHandler>(Service);
        builder.AddEventListener<AccountCredited, AccountCreditedListener>(Service);
        builder.AddServiceClient<Enrollment.EnrollmentClient>("enrollment");
        builder.Services.AddSingleton<HeadCounts>().AddSingleton<InsurerEndpoints.Desk>();
        builder.Services.AddSingleton(_ => PolicyLibrary.LoadEmbedded());
        builder.Services.AddSingleton(_ => ContractLibrary.LoadEmbedded());
        builder.Services.AddSingleton<PersonKey>().AddSingleton<PlatformToken>().AddSingleton<InsurerAuthentication>();
        builder.Services.AddSingleton<FeedWatch>().AddSingleton<StreamClaims>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FeedWatch>());
        builder.AddForeignService(InsurerAuthentication.Service, services => services.GetRequiredService<InsurerAuthentication>().Authenticate);
        builder.AddJob(Service, VerifyJob, async (place, cancellation) =>
        {
            var report = await VerifyJournal.Run(place.Database, place.Tenant, place.Services.GetRequiredService<PolicyLibrary>(), cancellation);
            return new JobOutcome(report.Findings.Count == 0, report);
        });
        builder.Services.AddSingleton<SettlementGrpc>().AddSingleton<InsurerGrpc>().AddSingleton<AuditFeedGrpc>().AddSingleton<AuditMoneyGrpc>().AddSingleton<ReportFundGrpc>().AddSingleton<ReportFeedGrpc>(); // hold nothing of a call: no object and no scope of services for each
        builder.Services.AddSingleton<TenantJournals>();
        builder.Services.AddHostedService(services => services.GetRequiredService<TenantJournals>()).AddHostedService<JournalMeter>();
        builder.AddServiceClient<Protos.Settlement.V1.Settlement.SettlementClient>("settlement"); // the city's side asks the counties', a home county tells the providers'
        builder.Services.AddSingleton<Func<PersonKey>>(s => s.GetRequiredService<PersonKey>).AddSingleton<AuthorizeBill>().AddSingleton<AskedSettlement>().AddSingleton<LateSupplements>().AddHostedService<LateSupplementWorker>();
        builder.AddServiceClient<FraudAudit.FraudAuditClient>("fraud-audit");
        builder.Services.AddSingleton<CheckBill>();
        builder.Services.AddHostedService<PersonMergeWorker>();
        builder.Services.AddSingleton<Revaluations>().AddHostedService<RevaluationWorker>();
        builder.Services.AddSingleton<PolicyEndpoints.Desk>().AddHostedService<AdoptionWorker>();
        builder.Services.AddSingleton<CountyDesk>().AddSingleton<IRunKind, YearEndRun>().AddSingleton<IRunKind, ResettlementRun>().AddSingleton<RunWork>().AddHostedService<RunWorker>().AddHostedService<LedgerCloseWorker>();
        builder.Services.AddSingleton<TellOffCountyClaims>().AddHostedService<OffCountyWorker>();
        builder.Services.AddSingleton<CollectClearing>().AddSingleton<ExchangeClearing>().AddSingleton<ClearingWorker>().AddHostedService(services => services.GetRequiredService<ClearingWorker>());
        builder.Services.AddHostedService<FundSweepWorker>().AddHostedService<FundWarningWorker>();
        builder.Services.AddHealthChecks().AddCheck<JournalHealth>("journal", tags: ["ready"]);
    }

    public static void MapSettlement(this WebApplication app)
    {
        // Where a city is served its feeds need the secret: better no start than feeds that stand still.
        if (app.Services.GetRequiredService<TenantDatabases>().TenantsOf(Service).Any(t => t.IsCity)) _ = app.Services.GetRequiredService<PersonKey>();
        app.MapGrpcService<SettlementGrpc>();
        app.MapGrpcService<InsurerGrpc>();
        app.MapGrpcService<AuditFeedGrpc>();
        app.MapGrpcService<AuditMoneyGrpc>();
        app.MapGrpcService<ReportFundGrpc>();
        app.MapGrpcService<ReportFeedGrpc>();
        StatementEndpoints.Map(app);
        InsurerEndpoints.Map(app);
        SupplementEndpoints.Map(app);
        FamilyEndpoints.Map(app);
        PolicyEndpoints.Map(app);
        RunEndpoints.Map(app);
        PersonPaymentEndpoints.Map(app);
        ManualClaimEndpoints.Map(app);
        PaymentTermEndpoints.Map(app);
        IndicatorEndpoints.Map(app);
        LedgerEndpoints.Map(app);
        ClearingEndpoints.Map(app);
        ProviderStatementEndpoints.Map(app);
        ProviderPaymentEndpoints.Map(app);
        PoolEndpoints.Map(app);
        CityFundEndpoints.Map(app);
        YearEndEndpoints.Map(app);
    }
}
