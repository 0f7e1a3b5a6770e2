using System.Reflection;
using System.Runtime.CompilerServices;
using MedInsure.Embedded;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Settlement.Tests;

/// <summary>
/// A tenant's database with one service's schema, as provisioning and migrations leave it. They make a server's first one, which stays a template; the next are copies of it, in a fraction of the time: tests make hundreds.
/// </summary>
internal static class FreshTenant
{
    /// <summary>No test's tenant; its roles own the copies' tables and may use them, and every tenant's own roles are members of them.</summary>
    private const string Template = "999900";

    private static readonly ConditionalWeakTable<PostgresServer, Lazy<Task>> Templates = [];
    private static int lastCity = 6000;

    /// <summary>The first four digits of a city that no test has had: its own code ends with 00, its counties' with 01 and on.</summary>
    public static string City() => $"{Interlocked.Increment(ref lastCity)}";

    public static async Task Make(PostgresServer server, Tenant tenant, string service, string password, Assembly migrations, CancellationToken cancellation = default)
    {
        await Templates.GetValue(server, _ => new Lazy<Task>(() => Migrated(server, new Tenant(Template, Template, Template, new Dictionary<string, string>()), service, password, migrations, default))).Value;
        await using var admin = new NpgsqlConnection(server.AdminConnectionString);
        await admin.OpenAsync(cancellation);
        var (owner, runtime) = (TenantNames.Owner(tenant.Code, service), TenantNames.Runtime(tenant.Code, service));
        var copied = await Run($"SELECT 1 FROM pg_database WHERE datname = '{TenantNames.Database(tenant.Code)}'") is null;
        if (copied)
        {
            await Run($"CREATE DATABASE {TenantNames.Database(tenant.Code)} TEMPLATE {TenantNames.Database(Template)}");
            await Run($"CREATE ROLE {owner} NOLOGIN; GRANT {TenantNames.Owner(Template, service)} TO {owner}");
        }
        await Migrated(server, tenant, service, password, migrations, cancellation);
        if (copied) await Run($"ALTER ROLE {runtime} INHERIT; GRANT {TenantNames.Runtime(Template, service)} TO {runtime}");

        async Task<object?> Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, admin);
            return await command.ExecuteScalarAsync(cancellation);
        }
    }

    private static async Task Migrated(PostgresServer server, Tenant tenant, string service, string password, Assembly migrations, CancellationToken cancellation)
    {
        await TenantProvisioning.Provision(server.AdminConnectionString, tenant, service, password, cancellation);
        await MigrationRunner.Apply(server.AdminConnectionString, tenant, service, migrations, cancellation);
    }
}
