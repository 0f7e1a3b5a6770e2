using MedInsure.Events;
using MedInsure.FraudAudit.BackTests;
using MedInsure.FraudAudit.CallBacks;
using MedInsure.FraudAudit.Campaigns;
using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.Checks;
using MedInsure.FraudAudit.Credit;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Doctors;
using MedInsure.FraudAudit.Findings;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.KnowledgePoints;
using MedInsure.FraudAudit.Notices;
using MedInsure.FraudAudit.PostAudit;
using MedInsure.FraudAudit.PrescriptionReviews;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.Samples;
using MedInsure.FraudAudit.Sanctions;
using MedInsure.FraudAudit.Statistics;
using MedInsure.FraudAudit.TestResults;
using MedInsure.FraudAudit.Tips;
using MedInsure.FraudAudit.WardChecks;
using MedInsure.FraudAudit.Stock;
using MedInsure.Hosting;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using AuditClient = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditClient;

namespace MedInsure.FraudAudit;

/// <summary>Registration of the service, alone or beside the others in one process.</summary>
public static class FraudAuditModule
{
    /// <summary>Folder, image, chart template, schema and role share this name.</summary>
    public const string Service = "fraud-audit";

    public static WebApplicationBuilder AddFraudAudit(this WebApplicationBuilder builder)
    {
        builder.AddPlatform(Service);
        builder.AddReferenceData(Service);
        builder.AddOutbox(Service);
        builder.AddServiceClient<Settlement.SettlementClient>("settlement");
        builder.Services.AddSingleton<AuditedCounties>().AddSingleton<AuditDesk>().AddSingleton<RuleSets>().AddHostedService<RuleSetsWatch>().AddSingleton<FraudAuditGrpc>().AddSingleton<SupervisionFeedGrpc>();
        builder.Services.AddSingleton<PersonHistories>().AddSingleton<CheckClaim>().AddSingleton<RecordFeedback>().AddSingleton<KeepFindings>().AddHostedService(services => services.GetRequiredService<KeepFindings>());
        builder.Services.AddSingleton<RecordStockMovements>().AddSingleton<DeleteStockMovement>();
        builder.AddServiceClient<AuditFeed.AuditFeedClient>("settlement");
        builder.Services.AddSingleton(_ => RuleBook.LoadEmbedded());
        builder.Services.AddSingleton<IntakeWorker>().AddSingleton<IntakeBell>().AddHostedService(services => services.GetRequiredService<IntakeWorker>());
        builder.AddEventListener<ClaimSettled, IntakeBell>(Service);
        builder.AddServiceClient<AuditMoney.AuditMoneyClient>("settlement");
        builder.AddServiceClient<AuditClient>(Service); // of the provider's county, to which a case is referred
        builder.Services.AddSingleton(_ => SanctionLadder.LoadEmbedded()).AddSingleton<CaseOffice>().AddSingleton<CaseEffectWorker>().AddHostedService(services => services.GetRequiredService<CaseEffectWorker>());
        builder.Services.AddSingleton<CreditEffectWorker>().AddHostedService(services => services.GetRequiredService<CreditEffectWorker>());
        builder.Services.AddSingleton<AuditRunWorker>().AddHostedService(services => services.GetRequiredService<AuditRunWorker>());
        builder.Services.AddSingleton<MonthlyRunWorker>().AddHostedService(services => services.GetRequiredService<MonthlyRunWorker>());
        builder.Services.AddHostedService<CheckCleaner>();
        builder.Services.AddSingleton(_ => FieldTerms.LoadEmbedded()).AddSingleton<TipVault>();
        builder.Services.AddSingleton(_ => ReviewTerms.LoadEmbedded());
        builder.Services.AddSingleton(_ => DoctorTerms.LoadEmbedded()).AddSingleton<DoctorEffectWorker>().AddHostedService(services => services.GetRequiredService<DoctorEffectWorker>());
        return builder;
    }

    public static WebApplication MapFraudAudit(this WebApplication app)
    {
        app.MapGrpcService<FraudAuditGrpc>();
        app.MapGrpcService<SupervisionFeedGrpc>();
        var county = app.MapGroup("/audit/{county}");
        CheckEndpoints.Map(county);
        StatisticsEndpoints.Map(county);
        SampleEndpoints.Map(county);
        StockEndpoints.Map(county);
        DoctorEndpoints.Map(county);
        KnowledgePointEndpoints.Map(county);
        RuleSettingEndpoints.Map(county);
        CaseEndpoints.Map(county);
        NoticeEndpoints.Map(county);
        ListCredit.Map(county);
        CreditActEndpoints.Map(county);
        FindingEndpoints.Map(county);
        AuditRunEndpoints.Map(county);
        BackTestEndpoints.Map(county);
        CallBackEndpoints.Map(county);
        WardCheckEndpoints.Map(county);
        CampaignEndpoints.Map(county);
        TipEndpoints.Map(county);
        PrescriptionReviewEndpoints.Map(county);
        TestResultEndpoints.Map(county);
        return app;
    }
}
