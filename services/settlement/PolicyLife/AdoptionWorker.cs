using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>
/// Brings what was published into the journal of each county that this process writes. What waits stands in policy_to_adopt until policy_version has it, so that
/// a crash loses nothing; and the number of a publication is its request key, so that it is adopted once.
/// </summary>
public sealed class AdoptionWorker(TenantJournals journals, TenantDatabases databases, PolicyLibrary program, ILogger<AdoptionWorker> log)
    : WriterWork(journals, databases, log, TimeSpan.FromSeconds(2))
{
    protected override async Task<bool> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken stop)
    {
        await Round(journal, database, program, log, stop);
        return false;
    }

    /// <summary>Adopts what waits, in the order of publication. What cannot be adopted stays, with the reason, and holds up nothing.</summary>
    internal static async Task Round(TenantJournal journal, NpgsqlDataSource database, PolicyLibrary program, ILogger log, CancellationToken cancellation)
    {
        var waiting = new List<(PolicyPublished Published, string LastFailure)>();
        await using (var command = database.CreateCommand("SELECT event, last_failure FROM policy_to_adopt t WHERE NOT EXISTS (SELECT FROM policy_version v WHERE v.publication_no = t.publication_no) ORDER BY publication_no"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) waiting.Add((EventJson.Read<PolicyPublished>(reader.GetFieldValue<byte[]>(0)), reader.GetString(1)));
        foreach (var (published, lastFailure) in waiting)
        {
            var outcome = await journal.Submit(AdoptPolicy.Command(published, program), cancellation);
            if (outcome.Refusal is { Kind: RefusalKind.Unavailable }) return; // the writer moved
            if (outcome.Refusal is { } refusal)
            {
                if (refusal.Code == lastFailure) continue;
                log.LogError("tenant {Tenant}: publication {Publication}, {Pack} {Version}, cannot be adopted: {Refusal}", journal.Tenant.Code, published.PublicationNo, published.Pack, published.Version, refusal.Code);
                await using var failed = database.CreateCommand("UPDATE policy_to_adopt SET last_failure = $2 WHERE publication_no = $1");
                failed.Parameters.Add(new NpgsqlParameter<long> { TypedValue = published.PublicationNo });
                failed.Parameters.Add(new NpgsqlParameter<string> { TypedValue = refusal.Code });
                await failed.ExecuteNonQueryAsync(cancellation);
                continue;
            }
            if (!outcome.Value.IsReplay) log.LogInformation("tenant {Tenant}: adopted {Pack} {Version}, publication {Publication}", journal.Tenant.Code, published.Pack, published.Version, published.PublicationNo);
        }
    }
}
