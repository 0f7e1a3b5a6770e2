using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Enrollment;

/// <summary>The counties whose persons this process keeps. Other tenants are known here too: those that other modules serve.</summary>
internal sealed class ServedCounties(TenantDatabases databases)
{
    public IReadOnlySet<string> Codes { get; } = databases.TenantsOf(EnrollmentModule.Service).Where(t => !t.IsCity).Select(t => t.Code).ToHashSet();

    public Tenant Tenant(string county) => databases.TenantsOf(EnrollmentModule.Service).First(t => t.Code == county);

    public NpgsqlDataSource Database(string county) => databases.For(county, EnrollmentModule.Service);

    /// <summary>Of the county whose call it is.</summary>
    /// <exception cref="RpcException">It is not served here.</exception>
    public NpgsqlDataSource Database(ServerCallContext context)
    {
        var county = CallTenant.Require(context);
        return Codes.Contains(county) ? Database(county) : throw Refusals.CountyNotServed.ToRpcException();
    }
}
