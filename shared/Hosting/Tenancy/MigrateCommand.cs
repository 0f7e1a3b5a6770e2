using System.Reflection;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Hosting.Tenancy;

/// <summary>
/// A service's command "migrate": of every tenant whose Secrets:Database:&lt;code&gt;:&lt;service&gt; is configured makes database, roles and schema and
/// applies the migrations, as Secrets:DatabaseAdmin:{User,Password} at Tenants:&lt;code&gt;:Database. Idempotent; several may run at once. On Kubernetes a
/// job runs it before the service's new pods start, the only place that knows the administrator.
/// </summary>
public static class MigrateCommand
{
    /// <returns>The exit code: 0 when all is applied, 1 when not; the reason was written, without secrets.</returns>
    public static async Task<int> Run(IConfiguration configuration, string service, Assembly migrations, TextWriter output, CancellationToken cancellation = default)
    {
        var tenants = TenantDirectory.Read(configuration).All.Where(t => configuration[$"Secrets:Database:{t.Code}:{service}"] is not null).ToList();
        if (tenants.Count == 0) return await Fail($"nothing to migrate: no Secrets:Database:<code>:{service} is configured");
        foreach (var tenant in tenants)
        {
            try
            {
                var admin = AdminOf(configuration, tenant);
                await TenantProvisioning.Provision(admin, tenant, service, configuration[$"Secrets:Database:{tenant.Code}:{service}"]!, cancellation);
                var applied = await MigrationRunner.Apply(admin, tenant, service, migrations, cancellation);
                await output.WriteLineAsync($"{service} of {tenant.Code}: {applied} migrations applied");
            }
            // The server's word alone: its detail, and the connection string, are nobody's business.
            catch (PostgresException e) { return await Fail($"{service} of {tenant.Code}: {e.SqlState} {e.MessageText}"); }
            catch (NpgsqlException e) { return await Fail($"{service} of {tenant.Code}: {e.Message}"); }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException or MigrationRefusedException) { return await Fail(e.Message); }
        }
        return 0;

        async Task<int> Fail(string reason)
        {
            await output.WriteLineAsync(reason);
            return 1;
        }
    }

    private static string AdminOf(IConfiguration configuration, Tenant tenant) => new NpgsqlConnectionStringBuilder(Needed(configuration, $"Tenants:{tenant.Code}:Database"))
    {
        Database = "postgres",
        Username = Needed(configuration, "Secrets:DatabaseAdmin:User"),
        Password = Needed(configuration, "Secrets:DatabaseAdmin:Password"),
    }.ConnectionString;

    private static string Needed(IConfiguration configuration, string key) => configuration[key] ?? throw new InvalidOperationException($"configuration {key} is missing");
}
