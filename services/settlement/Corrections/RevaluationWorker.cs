using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Corrections;

/// <summary>Runs <see cref="Revaluations"/> for each county that this process writes.</summary>
public sealed class RevaluationWorker(TenantJournals journals, TenantDatabases databases, Revaluations revaluations, ILogger<RevaluationWorker> log)
    : WriterWork(journals, databases, log, TimeSpan.FromSeconds(5))
{
    protected override async Task<bool> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken stop) => await revaluations.Round(journal, database, stop) == Revaluations.RoundMax;
}
