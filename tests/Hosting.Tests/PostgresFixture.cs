using MedInsure.Embedded;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Hosting.Tests;

/// <summary>One PostgreSQL for all classes of the collection; each test takes tenants of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private static int lastTenant = 100_100;

    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartForTests();
    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>A county that no other test uses.</summary>
    public static Tenant NewTenant() => NewTenant("100000");
    public static Tenant NewTenant(string city) => new($"{Interlocked.Increment(ref lastTenant)}", "测试县", city, new Dictionary<string, string>());

    public static string PasswordOf(Tenant tenant, string service) => $"secret-{tenant.Code}-{service}";

    public async Task<Tenant> Provision(params string[] services)
    {
        var tenant = NewTenant();
        foreach (var service in services) await TenantProvisioning.Provision(Server.AdminConnectionString, tenant, service, PasswordOf(tenant, service));
        return tenant;
    }

    /// <summary>A tenant whose services have the tests' own migrations: outbox, inbox, counter.</summary>
    public async Task<Tenant> Migrated(Tenant tenant, params string[] services)
    {
        foreach (var service in services)
        {
            await TenantProvisioning.Provision(Server.AdminConnectionString, tenant, service, PasswordOf(tenant, service));
            await MigrationRunner.Apply(Server.AdminConnectionString, tenant, service, typeof(PostgresFixture).Assembly);
        }
        return tenant;
    }

    public Dictionary<string, string?> Settings(IEnumerable<Tenant> tenants, params string[] services)
    {
        var settings = new Dictionary<string, string?>();
        foreach (var tenant in tenants)
        {
            settings[$"Tenants:{tenant.Code}:Name"] = tenant.Name;
            settings[$"Tenants:{tenant.Code}:City"] = tenant.CityCode;
            settings[$"Tenants:{tenant.Code}:Database"] = Server.Address;
            foreach (var service in services) settings[$"Secrets:Database:{tenant.Code}:{service}"] = PasswordOf(tenant, service);
        }
        return settings;
    }

    public TenantDatabases Databases(IEnumerable<Tenant> tenants, params string[] services)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings(tenants, services)).Build();
        return new TenantDatabases(configuration, TenantDirectory.Read(configuration));
    }

    public async Task<T> AsAdmin<T>(Tenant tenant, string sql)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString(TenantNames.Database(tenant.Code)));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

[CollectionDefinition(Name)]
#pragma warning disable CA1711 // The runner's own term.
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
#pragma warning restore CA1711
{
    public const string Name = "postgres";
}
