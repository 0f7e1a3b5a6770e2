using System.Diagnostics.Metrics;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Corrections;

/// <summary>
/// Computes queued persons anew and books what differs, without anybody's doing. Once per recognition: the request's key is the queue's number, so that neither a crash between
/// booking and noting it nor a second process books it twice.
/// </summary>
public sealed class Revaluations(TimeProvider time, ILogger<Revaluations> log)
{
    /// <summary>How many a round takes.</summary>
    public const int RoundMax = 200;
    private const int Together = 4;
    // Assumed; no source names them. The first tries come soon: what stands in the way is a settlement at a counter or a writer that moves.
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(5), LongestInterval = TimeSpan.FromHours(1);
    private static readonly Meter Meter = new("MedInsure.Corrections");
    private static readonly Counter<long> Done = Meter.CreateCounter<long>("medinsure.revaluation.done", "{person}", "Persons recognised for days gone by whose bills were computed anew");
    private static readonly Counter<long> Failed = Meter.CreateCounter<long>("medinsure.revaluation.failed", "{try}", "Tries to compute a recognised person's bills anew that must be made again");

    private sealed record Due(long Number, string PsnNo, DateOnly FromOn, int Tries);

    /// <summary>Does what is due now. Only for the process that holds the writer's lease.</summary>
    /// <returns>How many were due: with <see cref="RoundMax"/> there may be more.</returns>
    public async Task<int> Round(TenantJournal journal, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var due = new List<Due>();
        await using (var command = database.CreateCommand("SELECT revaluation_no, psn_no, from_on, tries FROM revaluation WHERE done_at IS NULL AND next_try_at <= $1 ORDER BY revaluation_no LIMIT $2"))
        {
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = RoundMax });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) due.Add(new Due(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.GetInt32(3)));
        }
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellation }, async (one, stop) => await Revalue(journal, database, one, stop));
        return due.Count;
    }

    private async Task Revalue(TenantJournal journal, NpgsqlDataSource database, Due due, CancellationToken cancellation)
    {
        Outcome<JournalRecord> outcome;
        try
        {
            outcome = await CorrectPerson.Run(journal, database, due.PsnNo, $"revaluation-{due.Number}", CauseOf(due.FromOn), cancellation);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // A bill that cannot be computed anew is for a person to see; the others go on.
            log.LogError(e, "tenant {Tenant}: a recognised person's bills cannot be computed anew (queue number {Number})", journal.Tenant.Code, due.Number);
            outcome = Refusals.Internal;
        }
        if (outcome.Refusal is { } refusal)
        {
            Failed.Add(1, new("tenant", journal.Tenant.Code), new("reason", refusal.Code));
            await Execute(database, "UPDATE revaluation SET tries = tries + 1, next_try_at = $2, last_failure = $3 WHERE revaluation_no = $1 AND done_at IS NULL", due.Number,
                (time.GetUtcNow() + TimeSpan.FromTicks(Math.Min(LongestInterval.Ticks, FirstInterval.Ticks << Math.Min(due.Tries, 20)))).UtcDateTime, refusal.Code, cancellation);
            return;
        }
        Done.Add(1, new KeyValuePair<string, object?>("tenant", journal.Tenant.Code));
        await Execute(database, "UPDATE revaluation SET done_at = $2, corrections = $3, last_failure = '' WHERE revaluation_no = $1 AND done_at IS NULL", due.Number,
            time.GetUtcNow().UtcDateTime, outcome.Value.ClaimsCorrected?.Correction.Count ?? 0, cancellation);
    }

    internal static CorrectionCause CauseOf(DateOnly from) => new(CorrectionCause.Category, $"人员身份认定自{from:yyyy-MM-dd}起享受待遇，追溯计算");

    private static async Task Execute<T>(NpgsqlDataSource database, string sql, long number, DateTime at, T last, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = at });
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = last });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
