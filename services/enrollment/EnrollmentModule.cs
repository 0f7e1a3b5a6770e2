using MedInsure.Enrollment.Covers;
using MedInsure.Enrollment.Employers;
using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Identity;
using MedInsure.Enrollment.Persons;
using MedInsure.Enrollment.Retirements;
using MedInsure.Events;
using MedInsure.Hosting;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment;

/// <summary>Persons, cover, categories and employers of the counties whose database this process serves.</summary>
public static class EnrollmentModule
{
    public const string Service = "enrollment";

    public static WebApplicationBuilder AddEnrollment(this WebApplicationBuilder builder)
    {
        builder.AddPlatform(Service);
        builder.AddOutbox(Service);
        builder.Services.AddSingleton<ServedCounties>().AddSingleton<EnrollmentGrpc>().AddSingleton<StaffDesk>().AddSingleton<EmployerLedger>().AddSingleton<EmployerDeskGrpc>().AddSingleton<PersonDeskGrpc>().AddSingleton<PersonFeedGrpc>();
        builder.AddEventHandler<ContributionPaid, ContributionPaidHandler>(Service);
        builder.AddEventHandler<ContributionRefunded, ContributionRefundedHandler>(Service);
        builder.AddEventHandler<RetirementGranted, RetirementGrantedHandler>(Service);
        builder.AddServiceClient<Settlement.SettlementClient>("settlement");
        builder.Services.AddHostedService<ChangedPersons>();
        builder.Services.AddSingleton<OpenCoverWorker>().AddHostedService(services => services.GetRequiredService<OpenCoverWorker>());
        return builder;
    }

    public static WebApplication MapEnrollment(this WebApplication app)
    {
        app.MapGrpcService<EnrollmentGrpc>();
        app.MapGrpcService<EmployerDeskGrpc>();
        app.MapGrpcService<PersonDeskGrpc>();
        app.MapGrpcService<PersonFeedGrpc>();
        app.MapImport<ImportPersons, PersonRow>("/import/persons");
        app.MapImport<ImportEmployers, EmployerRow>("/import/employers");
        EnrolmentEndpoints.Map(app);
        return app;
    }
}
