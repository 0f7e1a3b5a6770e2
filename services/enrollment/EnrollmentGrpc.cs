using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment;

/// <summary>All rpcs. The tenant of a call is the persons' home county.</summary>
internal sealed class EnrollmentGrpc(ServedCounties counties) : Protos.Enrollment.V1.Enrollment.EnrollmentBase
{
    public override async Task<Person> GetPerson(GetPersonRequest request, ServerCallContext context) =>
        Answer(await Persons.GetPerson.Read(Database(context), request, context.CancellationToken));

    public override async Task<Person> FindPersonByCertificate(FindPersonByCertificateRequest request, ServerCallContext context) =>
        Answer(await Persons.FindPersonByCertificate.Read(Database(context), request, context.CancellationToken));

    public override async Task<BatchGetPersonsReply> BatchGetPersons(BatchGetPersonsRequest request, ServerCallContext context) =>
        Answer(await Persons.BatchGetPersons.Read(Database(context), request, context.CancellationToken));

    public override async Task<ListPersonsReply> ListPersons(ListPersonsRequest request, ServerCallContext context) =>
        Answer(await Persons.ListPersons.Read(Database(context), request, context.CancellationToken));

    public override async Task<CountCoveredReply> CountCovered(CountCoveredRequest request, ServerCallContext context) =>
        Answer(await Persons.CountCovered.Read(Database(context), request, context.CancellationToken));

    private NpgsqlDataSource Database(ServerCallContext context)
    {
        var county = CallTenant.Require(context);
        return counties.Codes.Contains(county) ? counties.Database(county) : throw Refusals.CountyNotServed.ToRpcException();
    }

    private static T Answer<T>(Outcome<T> outcome) => outcome.Refusal is { } refusal ? throw refusal.ToRpcException() : outcome.Value;
}
