using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment;

/// <summary>All rpcs of report_feed.proto.</summary>
internal sealed class PersonFeedGrpc(ServedCounties counties) : Protos.Enrollment.V1.ReportFeed.ReportFeedBase
{
    public override async Task<ReadReportPersonsReply> ReadReportPersons(ReadReportPersonsRequest request, ServerCallContext context) =>
        (await ReportFeed.ReadReportPersons.Query(counties.Database(context), request, context.CancellationToken)).OrThrow();
}
