using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Enrollment;

/// <summary>The counties whose persons this process keeps. Other tenants are known here too: those that other modules serve.</summary>
internal sealed class ServedCounties(TenantDatabases databases)
{
    public IReadOnlySet<string> Codes { get; } = databases.TenantsOf(EnrollmentModule.Service).Where(t => !t.IsCity).Select(t => t.Code).ToHashSet();

    public Tenant Tenant(string county) => databases.TenantsOf(EnrollmentModule.Service).First(t => t.Code == county);

    public NpgsqlDataSource Database(string county) => databases.For(county, EnrollmentModule.Service);
}
