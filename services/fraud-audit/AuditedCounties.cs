using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.FraudAudit;

/// <summary>The counties whose bills this process audits.</summary>
internal sealed class AuditedCounties(TenantDatabases databases)
{
    public IReadOnlyDictionary<string, Tenant> All { get; } = databases.TenantsOf(FraudAuditModule.Service).Where(t => !t.IsCity).ToDictionary(t => t.Code);

    public NpgsqlDataSource Database(string county) => databases.For(county, FraudAuditModule.Service);

    /// <summary>The county whose call it is.</summary>
    /// <exception cref="RpcException">It is not served here.</exception>
    public Tenant Of(ServerCallContext context) => All.GetValueOrDefault(CallTenant.Require(context)) ?? throw Refusals.CountyNotServed.ToRpcException();
}
