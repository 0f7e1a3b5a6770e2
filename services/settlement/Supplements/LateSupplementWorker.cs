using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Supplements;

/// <summary>Runs <see cref="LateSupplements"/> for each county that this process writes.</summary>
public sealed class LateSupplementWorker(TenantJournals journals, TenantDatabases databases, ContractLibrary contracts, LateSupplements late, ILogger<LateSupplementWorker> log)
    : WriterWork(journals, databases, log, TimeSpan.FromSeconds(5))
{
    protected override bool Concerns(Tenant county) => contracts.All.Any(c => c.Supplement is not null && c.Covers(county));

    protected override async Task<bool> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken stop) => await late.Round(journal, database, stop) == LateSupplements.RoundMax;
}
