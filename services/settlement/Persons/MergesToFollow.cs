using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Persons;

/// <summary>Keeps enrollment's merges until the county's writer has followed them (<see cref="PersonMergeWorker"/>), in whichever replica the bus gives them to.</summary>
public sealed class MergesToFollow(TimeProvider time) : IEventHandler<PersonMerged>
{
    public async Task Handle(EventContext context, IReadOnlyList<PersonMerged> events, CancellationToken cancellation)
    {
        foreach (var merged in events)
        {
            await using var command = new NpgsqlCommand("INSERT INTO merge_to_follow (merge_no, retired_no, surviving_no, event, received_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", context.Connection, context.Transaction)
            {
                Parameters =
                {
                    new NpgsqlParameter<long> { TypedValue = merged.MergeNo }, new NpgsqlParameter<string> { TypedValue = merged.RetiredNo }, new NpgsqlParameter<string> { TypedValue = merged.SurvivingNo },
                    new NpgsqlParameter<byte[]> { TypedValue = EventJson.Write(merged) }, new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
                },
            };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}

/// <summary>Brings merges into the journal of each county that this process writes, in enrollment's order; enrollment's number is the request key, so that each is followed once.</summary>
public sealed class PersonMergeWorker(TenantJournals journals, TenantDatabases databases, ILogger<PersonMergeWorker> log)
    : WriterWork(journals, databases, log, TimeSpan.FromSeconds(1))
{
    protected override async Task<bool> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken stop)
    {
        await Round(journal, database, log, stop);
        return false;
    }

    /// <summary>Follows what waits. What cannot be followed stays, with the reason, and holds up nothing.</summary>
    internal static async Task Round(TenantJournal journal, NpgsqlDataSource database, ILogger log, CancellationToken cancellation)
    {
        var waiting = new List<(PersonMerged Merged, string LastFailure)>();
        await using (var command = database.CreateCommand("SELECT event, last_failure FROM merge_to_follow t WHERE last_failure <> $1 AND NOT EXISTS (SELECT FROM person_merge m WHERE m.merge_no = t.merge_no) ORDER BY merge_no"))
        {
            // Numbers do not part again: what was refused for that is not tried every second.
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Refusals.MergedBefore.Code });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) waiting.Add((EventJson.Read<PersonMerged>(reader.GetFieldValue<byte[]>(0)), reader.GetString(1)));
        }
        foreach (var (merged, lastFailure) in waiting)
        {
            var outcome = await journal.Submit(FollowMerge.Command(merged), cancellation);
            if (outcome.Refusal is { Kind: RefusalKind.Unavailable }) return; // the writer moved
            if (outcome.Refusal is not { } refusal)
            {
                if (!outcome.Value.IsReplay) log.LogInformation("tenant {Tenant}: followed merge {Merge}", journal.Tenant.Code, merged.MergeNo);
                continue;
            }
            if (refusal.Code == lastFailure) continue;
            log.LogError("tenant {Tenant}: merge {Merge} cannot be followed: {Refusal}", journal.Tenant.Code, merged.MergeNo, refusal.Code);
            await using var failed = database.CreateCommand("UPDATE merge_to_follow SET last_failure = $2 WHERE merge_no = $1");
            failed.Parameters.Add(new NpgsqlParameter<long> { TypedValue = merged.MergeNo });
            failed.Parameters.Add(new NpgsqlParameter<string> { TypedValue = refusal.Code });
            await failed.ExecuteNonQueryAsync(cancellation);
        }
    }
}
