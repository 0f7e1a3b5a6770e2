using MedInsure.Hosting.Tenancy;
using MedInsure.Reference.Cache;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MedInsure.Reference;

/// <summary>
/// Loads every city's reference data at the start and keeps it fresh: at once when the bus announces a publication, and by asking for the versions
/// every <see cref="ReferenceOptions.PollEvery"/>, so that a lost announcement cannot leave it stale. While the registry is away it asks again with a growing pause.
/// </summary>
public sealed class ReferenceDataLoader(ReferenceData data, TenantDirectory tenants, ReferenceOptions options, ILogger<ReferenceDataLoader> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Cities(tenants).Select(city => Keep(city, stoppingToken)));

    /// <summary>The cities whose counties this process knows.</summary>
    internal static IEnumerable<string> Cities(TenantDirectory tenants) => tenants.All.Select(t => t.CityCode).Distinct();

    private async Task Keep(string city, CancellationToken stopping)
    {
        var pause = options.RetryFirst;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var before = data.Find(city);
                await data.Refresh(city, stopping);
                if (data.Find(city) is { } now && !ReferenceEquals(now, before))
                    log.LogInformation("reference data of {City} at catalog {CatalogVersion}, diseases {DiseaseVersion}, providers {ProviderVersion}", city, now.CatalogVersion, now.DiseaseVersion, now.ProviderVersion);
                pause = options.RetryFirst;
                await data.WaitForAnnouncement(city, options.PollEvery, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { return; }
#pragma warning disable CA1031 // Whatever the registry or the network does, the next attempt comes.
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogWarning("reference data of {City} not refreshed, next attempt in {Pause}: {Error}", city, pause, e.Message);
                try { await Task.Delay(pause, stopping); }
                catch (OperationCanceledException) { return; }
                pause = pause * 2 < options.RetryLast ? pause * 2 : options.RetryLast;
            }
        }
    }
}

/// <summary>How often to look. The defaults are meant for production; tests shorten them.</summary>
public sealed record ReferenceOptions
{
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(15);
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(100);
    public TimeSpan RetryLast { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Redis answers within this or not at all.</summary>
    public TimeSpan RedisAnswerLongest { get; init; } = TimeSpan.FromSeconds(2);
    /// <summary>How long to wait for a process that is filling before reading the registry beside it. A catalog of 50,000 items takes about a second.</summary>
    public TimeSpan CacheWaitLongest { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>After this a process that was killed while it filled no longer keeps others from filling.</summary>
    public TimeSpan CacheLockExpiry { get; init; } = TimeSpan.FromSeconds(15);
    /// <summary>Superseded versions are asked for no more; they go by themselves.</summary>
    public TimeSpan CacheKept { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>Ready once every city was loaded.</summary>
public sealed class ReferenceLoadedCheck(ReferenceData data, TenantDirectory tenants) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var missing = ReferenceDataLoader.Cities(tenants).Where(city => data.Find(city) is null).ToArray();
        return Task.FromResult(missing.Length == 0
            ? HealthCheckResult.Healthy("reference data loaded")
            : HealthCheckResult.Unhealthy($"reference data of {string.Join(", ", missing)} not loaded"));
    }
}

/// <summary>Degraded while Redis does not answer: starting takes longer then, nothing else.</summary>
public sealed class RedisCheck(ReferenceCache cache) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await cache.Answers(cancellationToken) ? HealthCheckResult.Healthy("answers") : HealthCheckResult.Degraded("does not answer; the registry is read instead");
}
