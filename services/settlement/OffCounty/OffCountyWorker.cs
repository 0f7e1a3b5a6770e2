using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.OffCounty;

/// <summary>
/// For each county that this process writes: counts its settlements with other counties' providers, then tells those counties, all at once; one that cannot be told holds up nobody but
/// itself, and is tried again after a growing pause.
/// </summary>
internal sealed class OffCountyWorker(TenantJournals journals, TenantDatabases databases, TenantDirectory directory, TellOffCountyClaims tell, TimeProvider time, ILogger<OffCountyWorker> log)
    : WriterWork(journals, databases, log, TimeSpan.FromSeconds(1))
{
    private const int PagesMax = 40, PauseMaxSeconds = 30;

    private static readonly Meter Meter = new("MedInsure.OffCounty.Lag");
    private static readonly Gauge<long> Lag = Meter.CreateGauge<long>("medinsure.offcounty.lag", "s", "Age of the oldest settlement that its provider's county has not been told of, by county; 0: all is told");

    private readonly ConcurrentDictionary<(string County, string ProviderCounty), (int Failures, long NextTry)> resting = new();

    protected override async Task<bool> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken stop)
    {
        var county = journal.Tenant.Code;
        var more = await CountOffCountyClaims.Run(database, county, stop);
        var links = await OffCountyLinks.Told(database, stop);
        // Where a provider's county is none of the platform's there is nobody to tell; it stays on the list.
        var told = await Task.WhenAll(links.Where(l => l.ToldNo < l.LastNo && directory.Find(l.ProviderCounty) is not null).Select(l => Tell(database, county, l.ProviderCounty, stop)));
        if (told.Length > 0) links = await OffCountyLinks.Told(database, stop);
        var now = time.GetUtcNow();
        foreach (var link in links.Where(l => directory.Find(l.ProviderCounty) is not null))
            Lag.Record(link.OldestUntoldAt is { } oldest ? Math.Max(0, (long)(now - oldest).TotalSeconds) : 0, new KeyValuePair<string, object?>("county", link.ProviderCounty));
        return more || told.Contains(true);
    }

    /// <returns>True: there is more to tell at once.</returns>
    private async Task<bool> Tell(NpgsqlDataSource database, string county, string providerCounty, CancellationToken stop)
    {
        var key = (county, providerCounty);
        if (resting.TryGetValue(key, out var rest) && Environment.TickCount64 < rest.NextTry) return false;
        for (var page = 0; page < PagesMax; page++)
            switch (await tell.Run(database, county, providerCounty, stop))
            {
                case true: continue;
                case false:
                    resting.TryRemove(key, out _);
                    return false;
                default:
                    resting[key] = (rest.Failures + 1, Environment.TickCount64 + 1_000L * Math.Min(PauseMaxSeconds, 1 << Math.Min(rest.Failures, 10)));
                    return false;
            }
        resting.TryRemove(key, out _);
        return true;
    }
}
