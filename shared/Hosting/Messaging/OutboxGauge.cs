using System.Diagnostics.Metrics;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.Logging;

namespace MedInsure.Hosting.Messaging;

/// <summary>
/// medinsure.outbox.waiting and medinsure.outbox.oldest: what has not left a service's outbox. What has left says nothing while the broker is away. Every replica
/// reports, so take the greatest. Looked at only while somebody listens.
/// </summary>
internal sealed class OutboxGauge(string service, TenantDatabases databases, ILogger<OutboxGauge> log, TimeSpan? pause = null) : TenantWork(log, pause ?? TimeSpan.FromSeconds(15))
{
    /// <summary>Beyond this it does not matter how many there are, and counting them takes long.</summary>
    internal const int CountMax = 100_000;

    private static readonly Meter Meter = new("MedInsure.Outbox.Waiting");
    private static readonly Gauge<long> Waiting = Meter.CreateGauge<long>("medinsure.outbox.waiting", "{event}", "Events that have not left the outbox, by tenant and service; counted up to 100000");
    private static readonly Gauge<double> Oldest = Meter.CreateGauge<double>("medinsure.outbox.oldest", "s", "Age of the oldest event that has not left the outbox, by tenant and service; 0: none waits");

    protected override IEnumerable<string> Tenants => databases.TenantsOf(service).Select(t => t.Code);

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        if (!Waiting.Enabled && !Oldest.Enabled) return false;
        await using var command = databases.For(tenant, service).CreateCommand(
            $"SELECT count(*), coalesce(greatest(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0), 0)::float8 FROM (SELECT occurred_at FROM outbox ORDER BY seq LIMIT {CountMax}) waiting");
        await using var reader = await command.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        var (ofTenant, ofService) = (new KeyValuePair<string, object?>("tenant", tenant), new KeyValuePair<string, object?>("service", service));
        Waiting.Record(reader.GetInt64(0), ofTenant, ofService);
        Oldest.Record(reader.GetDouble(1), ofTenant, ofService);
        return false;
    }
}
