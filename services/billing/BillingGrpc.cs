using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing;

/// <summary>All rpcs. The tenant of a call is the persons' home county.</summary>
internal sealed class BillingGrpc(BilledCounties counties) : Protos.Billing.V1.Billing.BillingBase
{
    public override async Task<ListAssessmentsReply> ListAssessments(ListAssessmentsRequest request, ServerCallContext context) =>
        (await Assessments.ListAssessments.Read(counties.Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<HouseholdYear> GetHousehold(GetHouseholdRequest request, ServerCallContext context) =>
        (await Assessments.GetHousehold.Read(counties.Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<AccountStatement> GetAccountStatement(GetAccountStatementRequest request, ServerCallContext context) =>
        (await Accounts.GetAccountStatement.Read(counties.Database(context), request, context.CancellationToken)).OrThrow();
}
