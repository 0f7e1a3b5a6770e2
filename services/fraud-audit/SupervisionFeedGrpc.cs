using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit;

/// <summary>All rpcs of report_feed.proto.</summary>
internal sealed class SupervisionFeedGrpc(AuditedCounties counties) : Protos.FraudAudit.V1.ReportFeed.ReportFeedBase
{
    public override async Task<ReadReportCasesReply> ReadReportCases(ReadReportCasesRequest request, ServerCallContext context) =>
        (await ReportFeed.ReadReportCases.Query(counties.Database(counties.Of(context).Code), request, context.CancellationToken)).OrThrow();

    public override async Task<ReadReportSupervisionReply> ReadReportSupervision(ReadReportSupervisionRequest request, ServerCallContext context) =>
        (await ReportFeed.ReadReportSupervision.Query(counties.Database(counties.Of(context).Code), request, context.CancellationToken)).OrThrow();
}
