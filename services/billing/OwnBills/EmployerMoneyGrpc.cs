using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Billing.OwnBills;

/// <summary>The rpcs of an employer's own bills and payments. Enrollment says whose the token is.</summary>
internal sealed class EmployerMoneyGrpc(BilledCounties counties, Protos.Enrollment.V1.EmployerDesk.EmployerDeskClient enrollment, ChinaCalendar calendar) : EmployerMoney.EmployerMoneyBase
{
    public override async Task<ListEmployerBillsReply> ListEmployerBills(ListEmployerBillsRequest request, ServerCallContext context)
    {
        var (database, employer) = await Admit(request.Token, context);
        return (await OwnBills.ListEmployerBills.Read(database, employer, request, calendar.Today, context.CancellationToken)).OrThrow();
    }

    public override async Task<ListBillLinesReply> ListBillLines(ListBillLinesRequest request, ServerCallContext context)
    {
        var (database, employer) = await Admit(request.Token, context);
        return (await OwnBills.ListBillLines.Read(database, employer, request, context.CancellationToken)).OrThrow();
    }

    public override async Task<ListEmployerPaymentsReply> ListEmployerPayments(ListEmployerPaymentsRequest request, ServerCallContext context)
    {
        var (database, employer) = await Admit(request.Token, context);
        return (await OwnBills.ListEmployerPayments.Read(database, employer, request, context.CancellationToken)).OrThrow();
    }

    private async Task<(NpgsqlDataSource Database, string EmployerNo)> Admit(string token, ServerCallContext context)
    {
        var database = counties.Database(context);
        try
        {
            var employer = await enrollment.GetEmployerAsync(new GetEmployerRequest { Token = token }, CallTenant.For(CallTenant.Require(context)), cancellationToken: context.CancellationToken);
            return (database, employer.EmployerNo);
        }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { throw refusal.ToRpcException(); }
    }
}
