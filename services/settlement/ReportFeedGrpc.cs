using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement;

/// <summary>All rpcs of report_feed.proto. They read tables: any replica answers.</summary>
public sealed class ReportFeedGrpc(TenantJournals journals, TenantDatabases databases) : Protos.Settlement.V1.ReportFeed.ReportFeedBase
{
    public override async Task<ReadReportClaimsReply> ReadReportClaims(ReadReportClaimsRequest request, ServerCallContext context)
    {
        var journal = journals.Find(CallTenant.Require(context)) ?? throw Refusals.TenantUnknown.ToRpcException();
        return (await ReportFeed.ReadReportClaims.Query(databases.For(journal.Tenant.Code, SettlementModule.Service), journal.Tenant, request, context.CancellationToken)).OrThrow();
    }

    public override async Task<ReadReportVouchersReply> ReadReportVouchers(ReadReportVouchersRequest request, ServerCallContext context)
    {
        // A city has a ledger too, and no journal.
        var tenant = CallTenant.Require(context);
        if (databases.TenantsOf(SettlementModule.Service).All(t => t.Code != tenant)) throw Refusals.TenantUnknown.ToRpcException();
        return (await ReportFeed.ReadReportVouchers.Query(databases.For(tenant, SettlementModule.Service), request, context.CancellationToken)).OrThrow();
    }
}
