using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Billing.Desk;

/// <summary>All rpcs of billing's part of a person's own desk, each of the session's person alone.</summary>
internal sealed class PersonMoneyGrpc(BilledCounties counties, PersonDesk.PersonDeskClient enrollment, ChinaCalendar calendar) : PersonMoney.PersonMoneyBase
{
    public override async Task<ListOwnDuesReply> ListOwnDues(ListOwnDuesRequest request, ServerCallContext context) =>
        await Desk.ListOwnDues.Read(counties.Database(context), await Own(request.Session, context), calendar.Today, context.CancellationToken);

    public override async Task<ListOwnPaymentsReply> ListOwnPayments(ListOwnPaymentsRequest request, ServerCallContext context) =>
        (await Desk.ListOwnPayments.Read(counties.Database(context), CallTenant.Require(context), await Own(request.Session, context), request, context.CancellationToken)).OrThrow();

    public override async Task<AccountStatement> GetOwnAccount(GetOwnAccountRequest request, ServerCallContext context) =>
        (await Desk.GetOwnAccount.Read(counties.Database(context), await Own(request.Session, context), request, context.CancellationToken)).OrThrow();

    private async Task<IReadOnlyList<string>> Own(string session, ServerCallContext context) =>
        (await OwnSession.Find(enrollment, CallTenant.Require(context), session, context.CancellationToken)).OrThrow();
}
