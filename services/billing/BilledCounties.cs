using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Billing;

/// <summary>The counties whose contributions this process keeps.</summary>
internal sealed class BilledCounties(TenantDatabases databases)
{
    public IReadOnlyDictionary<string, Tenant> All { get; } = databases.TenantsOf(BillingModule.Service).Where(t => !t.IsCity).ToDictionary(t => t.Code);

    public NpgsqlDataSource Database(string county) => databases.For(county, BillingModule.Service);

    /// <summary>Of the county whose call it is.</summary>
    /// <exception cref="RpcException">It is not served here.</exception>
    public NpgsqlDataSource Database(ServerCallContext context)
    {
        var county = CallTenant.Require(context);
        return All.ContainsKey(county) ? Database(county) : throw Refusals.CountyNotServed.ToRpcException();
    }
}
