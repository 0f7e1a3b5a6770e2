using Grpc.Core;
using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.Checks;
using MedInsure.FraudAudit.Stock;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit;

/// <summary>All rpcs. The tenant of a call is the person's home county, of stock and referrals the provider's.</summary>
internal sealed class FraudAuditGrpc(AuditedCounties counties, CheckClaim checking, RecordFeedback feedback, RecordStockMovements stock, DeleteStockMovement stockDeletion, CaseOffice office) : Protos.FraudAudit.V1.FraudAudit.FraudAuditBase
{
    public override async Task<CheckClaimReply> CheckClaim(CheckClaimRequest request, ServerCallContext context) =>
        (await checking.Run(counties.Of(context), request, context.CancellationToken)).OrThrow();

    public override async Task<RecordFeedbackReply> RecordFeedback(RecordFeedbackRequest request, ServerCallContext context) =>
        (await feedback.Run(counties.Of(context).Code, request, context.CancellationToken)).OrThrow();

    public override async Task<RecordStockMovementsReply> RecordStockMovements(RecordStockMovementsRequest request, ServerCallContext context) =>
        (await stock.Run(counties.Of(context).Code, request, context.CancellationToken)).OrThrow();

    public override async Task<DeleteStockMovementReply> DeleteStockMovement(DeleteStockMovementRequest request, ServerCallContext context) =>
        (await stockDeletion.Run(counties.Of(context).Code, request, context.CancellationToken)).OrThrow();

    public override async Task<TakeReferralReply> TakeReferral(TakeReferralRequest request, ServerCallContext context)
    {
        var county = counties.Of(context);
        return (await Cases.TakeReferral.Execute(county, counties.Database(county.Code), office, request, context.CancellationToken)).OrThrow();
    }
}
