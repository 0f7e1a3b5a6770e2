using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Settlement.Journal;

/// <summary>Work beside a county's writer, in the process that holds its lease.</summary>
public abstract class WriterWork(TenantJournals journals, TenantDatabases databases, ILogger log, TimeSpan pause) : TenantWork(log, pause)
{
    /// <returns>True: there is more to do at once.</returns>
    protected abstract Task<bool> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken stop);

    /// <summary>Whether the county has anything to do with this work.</summary>
    protected virtual bool Concerns(Tenant county) => true;

    protected override IEnumerable<string> Tenants => journals.All.Select(j => j.Tenant).Where(Concerns).Select(t => t.Code);

    protected override async Task<bool> Round(string tenant, CancellationToken stop) =>
        journals.Find(tenant) is { HoldsLease: true } journal && await Round(journal, databases.For(tenant, SettlementModule.Service), stop);
}
