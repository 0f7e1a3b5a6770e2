using System.Collections.Concurrent;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Billing.Assessments;

/// <summary>
/// Does the runs that were started, part by part: a part's persons, their assessments and how far the run is are one transaction. A process that ends leaves
/// the run where its last part ended; whichever process looks next goes on there. One process at a time works at a run.
/// </summary>
internal sealed class AssessmentWorker(BilledCounties counties, ChinaCalendar calendar, TimeProvider time, ILogger<AssessmentWorker> log) : TenantWork(log, TimeSpan.FromSeconds(2))
{
    /// <summary>Large enough that a part's fixed cost does not matter, small enough that changed persons do not wait for it.</summary>
    private const int PersonsPerPart = 20_000;
    /// <summary>Windows open at midnight; who was assessed before is told of soon after.</summary>
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> sweptAt = [];

    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        if (await Part(counties.All[tenant], PersonsPerPart, stop)) return true;
        if (calendar.UtcNow - sweptAt.GetValueOrDefault(tenant) < BetweenSweeps) return false;
        await TellAidedCover.Sweep(counties.Database(tenant), calendar, stop);
        sweptAt[tenant] = calendar.UtcNow;
        return false;
    }

    /// <summary>The next part of the oldest run.</summary>
    /// <returns>False: there is none, or another process works at it.</returns>
    internal async Task<bool> Part(Tenant county, int persons, CancellationToken cancellation)
    {
        await using var connection = await counties.Database(county.Code).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        long runNo;
        AssessmentTerms terms;
        string after;
        await using (var next = new NpgsqlCommand("SELECT run_no, year, terms, after_psn_no FROM assessment_run WHERE state = 'running' ORDER BY run_no LIMIT 1 FOR UPDATE SKIP LOCKED", connection, transaction))
        await using (var reader = await next.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return false;
            (runNo, after) = (reader.GetInt64(0), reader.GetString(3));
            terms = new AssessmentTerms(reader.GetInt32(1), ContributionTerms.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2)));
        }
        var numbers = new List<string>(persons);
        await using (var page = new NpgsqlCommand("SELECT psn_no FROM insured_person WHERE psn_no > $1 ORDER BY psn_no LIMIT $2", connection, transaction) { Parameters = { new() { Value = after }, new() { Value = persons } } })
        await using (var reader = await page.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) numbers.Add(reader.GetString(0));

        var counts = numbers.Count == 0 ? default : await AssessPersons.Run(connection, transaction, terms, [.. numbers], runNo, "run", time.GetUtcNow(), cancellation);
        await using (var step = new NpgsqlCommand("""
            UPDATE assessment_run SET after_psn_no = $2, seen = seen + $3, assessed = assessed + $4, added = added + $5, changed = changed + $6, withdrawn = withdrawn + $7, unclassified = unclassified + $8,
                state = CASE WHEN $9 THEN 'done' ELSE state END, ended_at = CASE WHEN $9 THEN $10 END
            WHERE run_no = $1
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = runNo }, new() { Value = numbers.Count > 0 ? numbers[^1] : after }, new() { Value = (long)numbers.Count }, new() { Value = counts.Assessed }, new() { Value = counts.Added },
                new() { Value = counts.Changed }, new() { Value = counts.Withdrawn }, new() { Value = counts.Unclassified }, new() { Value = numbers.Count < persons }, new() { Value = time.GetUtcNow().UtcDateTime },
            },
        })
            await step.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }
}
