using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Hosting.Tenancy;

/// <summary>
/// One pool of connections per tenant and service, as the runtime role. Configuration: Tenants:&lt;code&gt;:Database, a connection string
/// without user and database; Secrets:Database:&lt;code&gt;:&lt;service&gt;, the role's password. Where that password is configured,
/// this process serves the tenant for that service.
/// </summary>
public sealed class TenantDatabases(IConfiguration configuration, TenantDirectory directory, ILoggerFactory? logging = null) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Tenant, string Service), Lazy<NpgsqlDataSource>> sources = new();

    /// <exception cref="InvalidOperationException">The tenant is unknown, or its address or password is not configured.</exception>
    public NpgsqlDataSource For(string tenantCode, string service) =>
        sources.GetOrAdd((tenantCode, service), key => new Lazy<NpgsqlDataSource>(() => Open(key.Tenant, key.Service))).Value;

    /// <summary>The tenants whose data of this service lie behind this process.</summary>
    public IReadOnlyList<Tenant> TenantsOf(string service) => [.. directory.All.Where(t => Password(t.Code, service) is not null)];

    /// <summary>Every tenant and service that this process reaches by itself, for the readiness check.</summary>
    public IEnumerable<(Tenant Tenant, string Service)> All =>
        directory.All.SelectMany(t => configuration.GetSection($"Secrets:Database:{t.Code}").GetChildren().Select(s => (t, s.Key)));

    private string? Password(string tenantCode, string service) => configuration[$"Secrets:Database:{tenantCode}:{service}"];

    private NpgsqlDataSource Open(string tenantCode, string service)
    {
        if (directory.Find(tenantCode) is null) throw new InvalidOperationException($"tenant {tenantCode} is not configured");
        var address = configuration[$"Tenants:{tenantCode}:Database"] ?? throw new InvalidOperationException($"configuration Tenants:{tenantCode}:Database is missing");
        var connection = new NpgsqlConnectionStringBuilder(address)
        {
            Database = TenantNames.Database(tenantCode),
            Username = TenantNames.Runtime(tenantCode, service),
            Password = Password(tenantCode, service) ?? throw new InvalidOperationException($"configuration Secrets:Database:{tenantCode}:{service} is missing"),
            ApplicationName = $"medinsure {service}",
            MaxAutoPrepare = 60,
            AutoPrepareMinUsages = 2,
        };
        // Tens of tenants on one server share its connection limit; the address may ask for more.
        if (!connection.ContainsKey("Maximum Pool Size")) connection.MaxPoolSize = 20;
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString);
        builder.UseLoggerFactory(logging);
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources.Values.Where(s => s.IsValueCreated)) await source.Value.DisposeAsync();
    }
}
