using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Reporting.Facts;
using MedInsure.Reporting.Positions;
using MedInsure.Reporting.Reports;
using MedInsure.Reporting.Snapshots;

namespace MedInsure.Reporting;

/// <summary>Registration of the service, alone or beside the others in one process.</summary>
public static class ReportingModule
{
    /// <summary>Folder, image, chart template, schema and role share this name.</summary>
    public const string Service = "reporting";

    public static WebApplicationBuilder AddReporting(this WebApplicationBuilder builder)
    {
        builder.AddPlatform(Service);
        builder.AddReferenceData(Service);
        builder.Services.AddSingleton<ReportedCities>().AddSingleton<ReportingDesk>().AddSingleton<ReportingGrpc>();
        builder.Services.AddSingleton<SnapshotWorker>().AddHostedService(services => services.GetRequiredService<SnapshotWorker>());
        builder.AddServiceClient<ReportFund.ReportFundClient>("settlement");
        builder.Services.AddSingleton<KeepPositions>().AddHostedService(services => services.GetRequiredService<KeepPositions>());
        builder.AddServiceClient<Protos.Settlement.V1.ReportFeed.ReportFeedClient>("settlement");
        builder.AddServiceClient<Protos.Enrollment.V1.ReportFeed.ReportFeedClient>("enrollment");
        builder.AddServiceClient<Protos.Billing.V1.ReportFeed.ReportFeedClient>("billing");
        builder.AddServiceClient<Protos.FraudAudit.V1.ReportFeed.ReportFeedClient>("fraud-audit");
        builder.Services.AddSingleton<Feeds>().AddSingleton<FeedWorker>().AddHostedService(services => services.GetRequiredService<FeedWorker>());
        return builder;
    }

    public static WebApplication MapReporting(this WebApplication app)
    {
        app.MapGrpcService<ReportingGrpc>();
        var city = app.MapGroup("/reports/{city}");
        ReportEndpoints.Map(city);
        SnapshotEndpoints.Map(city);
        PositionEndpoints.Map(city);
        FeedEndpoints.Map(city);
        return app;
    }
}
