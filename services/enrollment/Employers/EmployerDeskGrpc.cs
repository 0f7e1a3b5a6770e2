using Grpc.Core;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Employers;

/// <summary>The rpcs of an employer's own desk.</summary>
internal sealed class EmployerDeskGrpc(ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) : EmployerDesk.EmployerDeskBase
{
    public override async Task<Employer> GetEmployer(GetEmployerRequest request, ServerCallContext context) =>
        (await Employers.GetEmployer.Read(counties.Database(context), request, calendar.Today, context.CancellationToken)).OrThrow();

    public override async Task<ListStaffReply> ListStaff(ListStaffRequest request, ServerCallContext context) =>
        (await Employments.ListStaff.Read(counties.Database(context), request, calendar.Today, context.CancellationToken)).OrThrow();

    public override async Task<DeclareStaffReply> DeclareStaff(DeclareStaffRequest request, ServerCallContext context) =>
        (await Employments.DeclareStaff.Execute(counties.Database(context), CallTenant.Require(context), request, counties, calendar, bell, context.CancellationToken)).OrThrow();
}
