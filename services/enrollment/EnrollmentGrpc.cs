using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment;

/// <summary>All rpcs. The tenant of a call is the persons' home county.</summary>
internal sealed class EnrollmentGrpc(ServedCounties counties, IConfiguration configuration, ChinaCalendar calendar) : Protos.Enrollment.V1.Enrollment.EnrollmentBase
{
    public override async Task<Person> GetPerson(GetPersonRequest request, ServerCallContext context) =>
        (await Persons.GetPerson.Read(counties.Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<Person> FindPersonByCertificate(FindPersonByCertificateRequest request, ServerCallContext context) =>
        (await Persons.FindPersonByCertificate.Read(counties.Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<Person> IdentifyPerson(IdentifyPersonRequest request, ServerCallContext context) =>
        (await Identity.IdentifyPerson.Execute(counties.Database(context), configuration, CallTenant.Require(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override async Task<BatchGetPersonsReply> BatchGetPersons(BatchGetPersonsRequest request, ServerCallContext context) =>
        (await Persons.BatchGetPersons.Read(counties.Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ListPersonsReply> ListPersons(ListPersonsRequest request, ServerCallContext context) =>
        (await Persons.ListPersons.Read(counties.Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<CountCoveredReply> CountCovered(CountCoveredRequest request, ServerCallContext context) =>
        (await Persons.CountCovered.Read(counties.Database(context), request, context.CancellationToken)).OrThrow();
}
