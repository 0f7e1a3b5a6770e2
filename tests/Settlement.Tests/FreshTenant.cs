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
        await Templates.GetValue(server, _ => new Lazy<Task>(() => MakeTemplate(server, service, password, migrations))).Value;
        await using var admin = new NpgsqlConnection(server.AdminConnectionString);
        await admin.OpenAsync(cancellation);
        var (database, owner, runtime) = (TenantNames.Database(tenant.Code), TenantNames.Owner(tenant.Code, service), TenantNames.Runtime(tenant.Code, service));
        // Another process of a tenant that is there already.
        if (await Run($"SELECT 1 FROM pg_database WHERE datname = '{database}'") is not null) return;
        await Run($"CREATE DATABASE {database} TEMPLATE {TenantNames.Database(Template)}");
        // What a copy has of its own is the server's: roles, and what they may in this database.
        await Run($"""
            CREATE ROLE {owner} NOLOGIN IN ROLE {TenantNames.Owner(Template, service)};
            CREATE ROLE {runtime} LOGIN PASSWORD '{password}' IN ROLE {TenantNames.Runtime(Template, service)};
            REVOKE ALL ON DATABASE {database} FROM PUBLIC;
            GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {runtime};
            ALTER ROLE {runtime} IN DATABASE {database} SET search_path = {TenantNames.Schema(service)};
            """);

        async Task<object?> Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, admin);
            return await command.ExecuteScalarAsync(cancellation);
        }
    }

    private static async Task MakeTemplate(PostgresServer server, string service, string password, Assembly migrations)
    {
        var tenant = new Tenant(Template, Template, Template, new Dictionary<string, string>());
        await TenantProvisioning.Provision(server.AdminConnectionString, tenant, service, password);
        await MigrationRunner.Apply(server.AdminConnectionString, tenant, service, migrations);
    }
}
