using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>Whose ledger it is: a county's, with its journal of settlements (<see cref="Runs.RunPlace"/>), or a city's, which settles nothing itself.</summary>
internal record LedgerPlace(Tenant Tenant, NpgsqlDataSource Database)
{
    /// <summary>Null: the tables hold every settlement that was answered.</summary>
    public virtual Task<Refusal?> TablesCurrent(CancellationToken cancellation) => Task.FromResult<Refusal?>(null);
}
