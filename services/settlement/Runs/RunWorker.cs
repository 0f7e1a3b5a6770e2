using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Runs;

/// <summary>Runs <see cref="RunWork"/> for each county that this process writes.</summary>
internal sealed class RunWorker(TenantJournals journals, TenantDatabases databases, RunWork work, TimeProvider time, ILogger<RunWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(journals.All.Select(j => Work(j, stoppingToken)));

    private async Task Work(TenantJournal journal, CancellationToken stop)
    {
        var place = new RunPlace(journal, databases.For(journal.Tenant.Code, SettlementModule.Service));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (journal.HoldsLease && await work.Round(place, stop)) { }
                await Task.Delay(Pause, time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "tenant {Tenant}: runs cannot be read; trying again", journal.Tenant.Code);
                try { await Task.Delay(Pause, time, stop); }
                catch (OperationCanceledException) { return; }
            }
        }
    }
}
