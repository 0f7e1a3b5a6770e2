using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Settlement.Journal;

/// <summary>
/// Work beside a county's writer, round after round in the process that holds its lease: again at once while there is more, else after a pause. A round that fails
/// is tried again, and the other counties' go on.
/// </summary>
public abstract class WriterWork(TenantJournals journals, TenantDatabases databases, TimeProvider time, ILogger log, TimeSpan pause) : BackgroundService
{
    /// <returns>True: there is more to do at once.</returns>
    protected abstract Task<bool> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken stop);

    /// <summary>Whether the county has anything to do with this work.</summary>
    protected virtual bool Concerns(Tenant county) => true;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(journals.All.Where(j => Concerns(j.Tenant)).Select(j => Work(j, stoppingToken)));

    private async Task Work(TenantJournal journal, CancellationToken stop)
    {
        var database = databases.For(journal.Tenant.Code, SettlementModule.Service);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (journal.HoldsLease && await Round(journal, database, stop)) { }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (Exception e)
            {
                log.LogWarning(e, "tenant {Tenant}: a round failed; trying again", journal.Tenant.Code);
            }
            try { await Task.Delay(pause, time, stop); }
            catch (OperationCanceledException) { return; }
        }
    }
}
