using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Reporting.V1;
using MedInsure.Reporting.Reports;

namespace MedInsure.Reporting;

/// <summary>All rpcs. The tenant of a call is a city.</summary>
internal sealed class ReportingGrpc(ReportedCities cities) : Protos.Reporting.V1.Reporting.ReportingBase
{
    public override Task<ListReportsReply> ListReports(ListReportsRequest request, ServerCallContext context)
    {
        _ = cities.Of(context);
        return Task.FromResult(Reports.ListReports.Run());
    }
}
