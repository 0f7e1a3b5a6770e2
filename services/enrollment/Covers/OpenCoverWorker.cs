using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Covers;

/// <summary>
/// Opens (and takes back) cover by the contributions that events told of, part by part, beside the events: nothing that settlement or a long import keeps waiting
/// holds up the queue. Several replicas exclude each other by the county's lock; a process that ends leaves the part to the next.
/// </summary>
internal sealed class OpenCoverWorker(ServedCounties counties, Settlement.SettlementClient settlement, ChinaCalendar calendar, OutboxBell outbox, TimeProvider time, ILogger<OpenCoverWorker> log) : BackgroundService
{
    private const int ContributionsPerPart = 2_000;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(counties.Codes.Select(county => Task.Run(() => Work(county, stoppingToken), stoppingToken)));

    private async Task Work(string county, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (await Part(county, ContributionsPerPart, stop)) { }
                await Task.Delay(Poll, time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (Exception e)
            {
                log.LogWarning(e, "Cover of {County} is not opened for the moment; again in {Pause}", county, PauseAfterFailure);
                try { await Task.Delay(PauseAfterFailure, time, stop); }
                catch (OperationCanceledException) { return; }
            }
        }
    }

    /// <returns>False: nothing waits.</returns>
    internal async Task<bool> Part(string county, int contributions, CancellationToken cancellation)
    {
        var database = counties.Database(county);
        var terms = new Dictionary<(string, int), ContributionTerms?>();
        foreach (var (insutype, period) in await OpenCover.Pending(database, cancellation))
            if (period <= 9999) terms[(insutype, period)] = await TermsOfYear.Ask(settlement, county, insutype, period, cancellation);
        if (!await OpenCover.Run(database, terms, contributions, calendar, cancellation)) return false;
        outbox.Ring(county, EnrollmentModule.Service);
        return true;
    }
}
