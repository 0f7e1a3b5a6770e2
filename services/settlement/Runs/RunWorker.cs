using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Runs;

/// <summary>Runs <see cref="RunWork"/> for each county that this process writes.</summary>
internal sealed class RunWorker(TenantJournals journals, TenantDatabases databases, RunWork work, ILogger<RunWorker> log)
    : WriterWork(journals, databases, log, TimeSpan.FromSeconds(2))
{
    protected override Task<bool> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken stop) => work.Round(new RunPlace(journal, database), stop);
}
