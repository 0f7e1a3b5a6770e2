using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing;

/// <summary>All rpcs of report_feed.proto.</summary>
internal sealed class CollectionFeedGrpc(BilledCounties counties) : Protos.Billing.V1.ReportFeed.ReportFeedBase
{
    public override async Task<ReadReportIncomesReply> ReadReportIncomes(ReadReportIncomesRequest request, ServerCallContext context) =>
        (await ReportFeed.ReadReportIncomes.Query(counties.Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ReadReportPlacesReply> ReadReportPlaces(ReadReportPlacesRequest request, ServerCallContext context) =>
        (await ReportFeed.ReadReportPlaces.Query(counties.Database(context), request, context.CancellationToken)).OrThrow();

    public override async Task<ReadReportCollectionReply> ReadReportCollection(ReadReportCollectionRequest request, ServerCallContext context) =>
        (await ReportFeed.ReadReportCollection.Query(counties.Database(context), request, context.CancellationToken)).OrThrow();
}
