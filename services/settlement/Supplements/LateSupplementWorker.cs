using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Supplements;

/// <summary>Runs <see cref="LateSupplements"/> for each county that this process writes.</summary>
public sealed class LateSupplementWorker(TenantJournals journals, TenantDatabases databases, ContractLibrary contracts, LateSupplements late, TimeProvider time, ILogger<LateSupplementWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(journals.All.Where(j => contracts.All.Any(c => c.Supplement is not null && c.Covers(j.Tenant))).Select(j => Work(j, stoppingToken)));

    private async Task Work(TenantJournal journal, CancellationToken stop)
    {
        var database = databases.For(journal.Tenant.Code, SettlementModule.Service);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (journal.HoldsLease && await late.Round(journal, database, stop) == LateSupplements.RoundMax) { }
                await Task.Delay(Pause, time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "tenant {Tenant}: the bills that await an insurer's answer cannot be read; trying again", journal.Tenant.Code);
                try { await Task.Delay(Pause, time, stop); }
                catch (OperationCanceledException) { return; }
            }
        }
    }
}
