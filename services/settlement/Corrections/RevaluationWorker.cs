using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Corrections;

/// <summary>Runs <see cref="Revaluations"/> for each county that this process writes.</summary>
public sealed class RevaluationWorker(TenantJournals journals, TenantDatabases databases, Revaluations revaluations, TimeProvider time, ILogger<RevaluationWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(journals.All.Select(j => Work(j, stoppingToken)));

    private async Task Work(TenantJournal journal, CancellationToken stop)
    {
        var database = databases.For(journal.Tenant.Code, SettlementModule.Service);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (journal.HoldsLease && await revaluations.Round(journal, database, stop) == Revaluations.RoundMax) { }
                await Task.Delay(Pause, time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "tenant {Tenant}: the persons whose bills are to be computed anew cannot be read; trying again", journal.Tenant.Code);
                try { await Task.Delay(Pause, time, stop); }
                catch (OperationCanceledException) { return; }
            }
        }
    }
}
