using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement;

/// <summary>All rpcs of audit_feed.proto. They read tables: any replica answers.</summary>
public sealed class AuditFeedGrpc(TenantJournals journals, TenantDatabases databases) : Protos.Settlement.V1.AuditFeed.AuditFeedBase
{
    public override async Task<ReadAuditClaimsReply> ReadAuditClaims(ReadAuditClaimsRequest request, ServerCallContext context)
    {
        var journal = journals.Find(CallTenant.Require(context)) ?? throw Refusals.TenantUnknown.ToRpcException();
        return (await AuditFeed.ReadAuditClaims.Query(databases.For(journal.Tenant.Code, SettlementModule.Service), journal.Tenant, request, context.CancellationToken)).OrThrow();
    }
}
