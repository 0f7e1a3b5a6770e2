using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>All rpcs of a person's own desk.</summary>
internal sealed class PersonDeskGrpc(ServedCounties counties, IConfiguration configuration, ChinaCalendar calendar) : PersonDesk.PersonDeskBase
{
    public override async Task<PersonSession> OpenPersonSession(OpenPersonSessionRequest request, ServerCallContext context) =>
        (await Identity.OpenPersonSession.Execute(Database(context), configuration, CallTenant.Require(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override async Task<OwnPerson> GetOwnPerson(GetOwnPersonRequest request, ServerCallContext context) =>
        (await Identity.GetOwnPerson.Read(Database(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override Task<ClosePersonSessionReply> ClosePersonSession(ClosePersonSessionRequest request, ServerCallContext context) =>
        Identity.ClosePersonSession.Execute(Database(context), request, calendar.UtcNow, context.CancellationToken);

    private NpgsqlDataSource Database(ServerCallContext context)
    {
        var county = CallTenant.Require(context);
        return counties.Codes.Contains(county) ? counties.Database(county) : throw Refusals.CountyNotServed.ToRpcException();
    }
}
