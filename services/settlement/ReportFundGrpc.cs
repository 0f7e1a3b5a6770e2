using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement;

/// <summary>All rpcs of fund_position.proto. The tenant is a city; every replica answers from its tables.</summary>
public sealed class ReportFundGrpc(TenantDatabases databases, TenantDirectory directory, ChinaCalendar calendar) : ReportFund.ReportFundBase
{
    public override async Task<ReadFundPositionReply> ReadFundPosition(ReadFundPositionRequest request, ServerCallContext context)
    {
        var code = CallTenant.Require(context);
        var city = databases.TenantsOf(SettlementModule.Service).FirstOrDefault(t => t.IsCity && t.Code == code) ?? throw Refusals.TenantUnknown.ToRpcException();
        return (await Pooling.ReadFundPosition.Query(new LedgerPlace(city, databases.For(code, SettlementModule.Service)), PoolEndpoints.CountiesOf(directory, code), request.Month, calendar, context.CancellationToken)).OrThrow();
    }
}
