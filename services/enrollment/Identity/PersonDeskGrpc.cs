using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Identity;

/// <summary>All rpcs of a person's own desk.</summary>
internal sealed class PersonDeskGrpc(ServedCounties counties, IConfiguration configuration, ChinaCalendar calendar) : PersonDesk.PersonDeskBase
{
    public override async Task<PersonSession> OpenPersonSession(OpenPersonSessionRequest request, ServerCallContext context) =>
        (await Identity.OpenPersonSession.Execute(counties.Database(context), configuration, CallTenant.Require(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override async Task<OwnPerson> GetOwnPerson(GetOwnPersonRequest request, ServerCallContext context) =>
        (await Identity.GetOwnPerson.Read(counties.Database(context), request, calendar.UtcNow, context.CancellationToken)).OrThrow();

    public override Task<ClosePersonSessionReply> ClosePersonSession(ClosePersonSessionRequest request, ServerCallContext context) =>
        Identity.ClosePersonSession.Execute(counties.Database(context), request, calendar.UtcNow, context.CancellationToken);
}
