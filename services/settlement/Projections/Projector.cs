using System.Collections.Concurrent;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Projections;

/// <summary>How far the tables behind the journal are, and the numbers given out up to there.</summary>
public readonly record struct Checkpoint(long Seq, long LastEncounterNo, long LastSettlementNo, long LastFilingNo);

/// <summary>
/// Writes the tables behind the journal: set-wise, in the journal's order, each step in one transaction with its checkpoint, so that a crash repeats
/// or loses nothing. The writer hands batches over as it commits them; what was missed is read from the journal.
/// </summary>
public sealed class Projector : IAsyncDisposable
{
    private const int RecordsPerStepMax = 2_048, HandedOverMax = 4_096;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Tenant tenant;
    private readonly NpgsqlDataSource database;
    private readonly Action eventsWritten;
    private readonly TimeProvider time;
    private readonly ILogger<Projector> log;
    private readonly LedgerAccounts accounts = new();
    private readonly ConcurrentQueue<(long Seq, IReadOnlyList<JournalEntry> Batch)> handedOver = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly SemaphoreSlim stepping = new(1, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock waiters = new();
    private readonly Task running;
    private Checkpoint checkpoint;
    private TaskCompletionSource advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? failure;

    /// <param name="eventsWritten">Called after events went to the outbox, to wake its dispatcher.</param>
    public Projector(Tenant tenant, NpgsqlDataSource database, Action eventsWritten, TimeProvider time, ILogger<Projector> log)
    {
        (this.tenant, this.database, this.eventsWritten, this.time, this.log) = (tenant, database, eventsWritten, time, log);
        running = Task.Run(Run);
    }

    public long ProjectedSeq { get { lock (waiters) return checkpoint.Seq; } }

    /// <summary>Why the last step failed; null = it did not.</summary>
    public string? Failure => failure;

    public void Enqueue(long seq, IReadOnlyList<JournalEntry> batch)
    {
        // Beyond the bound the journal itself is the queue.
        if (handedOver.Count < HandedOverMax) handedOver.Enqueue((seq, batch));
        if (wake.CurrentCount == 0) wake.Release();
    }

    /// <summary>Returns when the tables hold everything up to a seq. False: not within the time.</summary>
    public async Task<bool> WaitFor(long seq, TimeSpan atMost, CancellationToken cancellation)
    {
        var until = time.GetTimestamp();
        while (true)
        {
            Task next;
            lock (waiters)
            {
                if (checkpoint.Seq >= seq) return true;
                next = advanced.Task;
            }
            var left = atMost - time.GetElapsedTime(until);
            if (left <= TimeSpan.Zero) return false;
            try { await next.WaitAsync(left, time, cancellation); }
            catch (TimeoutException) { return false; }
        }
    }

    /// <summary>Projects the journal up to a seq before the caller goes on; for a writer that takes over.</summary>
    public async Task CatchUp(long seq, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // Another process may have projected on: its checkpoint counts, not what this one remembers.
        await stepping.WaitAsync(cancellation);
        try
        {
            handedOver.Clear();
            accounts.Forget();
            Advance(await ReadCheckpoint(connection, cancellation));
        }
        finally { stepping.Release(); }
        while (ProjectedSeq < seq)
        {
            try { await Step(connection, cancellation); }
            // The last writer's process, which is on its way out, was faster once more.
            catch (ProjectedElsewhereException) { Advance(await ReadCheckpoint(connection, cancellation)); }
        }
    }

    public static async Task<Checkpoint> ReadCheckpoint(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT seq, last_encounter_no, last_settlement_no, last_filing_no FROM projection_checkpoint", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) throw new InvalidOperationException("projection_checkpoint holds no row");
        return new Checkpoint(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    private async Task Run()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await wake.WaitAsync(stop.Token);
                await using var connection = await database.OpenConnectionAsync(stop.Token);
                if (failure is not null) Advance(await ReadCheckpoint(connection, stop.Token)); // another process may have been faster
                while (await Step(connection, stop.Token)) { }
                failure = null;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (Exception e)
            {
                failure = e.Message;
                log.LogError(e, "tenant {Tenant}: projection after seq {Seq} failed; trying again", tenant.Code, ProjectedSeq);
                handedOver.Clear();
                accounts.Forget();
                if (wake.CurrentCount == 0) wake.Release();
                try { await Task.Delay(RetryDelay, time, stop.Token); } // the database is away or a bug stops the projection: do not spin
                catch (OperationCanceledException) { return; }
            }
        }
    }

    /// <summary>Projects some batches in one transaction. False: nothing to do.</summary>
    private async Task<bool> Step(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await stepping.WaitAsync(cancellation);
        try
        {
            var from = checkpoint;
            var batches = Take(from.Seq);
            if (batches.Count == 0) batches = await JournalStore.ReadAfter(connection, from.Seq, 64, cancellation);
            if (batches.Count == 0) return false;
            var to = from;
            foreach (var (seq, batch) in batches) to = Count(to, seq, batch);
            await using (var transaction = await connection.BeginTransactionAsync(cancellation))
            {
                await Checkpointed(connection, transaction, from, to, cancellation);
                await ProjectionStep.Write(connection, transaction, tenant, accounts, batches, cancellation);
                await transaction.CommitAsync(cancellation);
            }
            Advance(to);
            eventsWritten();
            SettledMoney.Count(tenant.Code, batches);
            return true;
        }
        finally { stepping.Release(); }
    }

    private List<(long Seq, IReadOnlyList<JournalEntry> Batch)> Take(long after)
    {
        var batches = new List<(long, IReadOnlyList<JournalEntry>)>();
        var records = 0;
        while (records < RecordsPerStepMax && handedOver.TryPeek(out var next))
        {
            if (next.Seq > after + 1) break; // a gap: the journal has what is missing
            handedOver.TryDequeue(out _);
            if (next.Seq <= after) continue;
            batches.Add(next);
            records += next.Batch.Count;
            after = next.Seq;
        }
        return batches;
    }

    /// <summary>The first statement of a step: where another projector was faster, nothing is updated and the step is given up.</summary>
    private static async Task Checkpointed(NpgsqlConnection connection, NpgsqlTransaction transaction, Checkpoint from, Checkpoint to, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "UPDATE projection_checkpoint SET seq = $2, last_encounter_no = $3, last_settlement_no = $4, last_filing_no = $5 WHERE seq = $1", connection, transaction)
        {
            Parameters = { new() { Value = from.Seq }, new() { Value = to.Seq }, new() { Value = to.LastEncounterNo }, new() { Value = to.LastSettlementNo }, new() { Value = to.LastFilingNo } },
        };
        if (await command.ExecuteNonQueryAsync(cancellation) != 1) throw new ProjectedElsewhereException($"another process projected past seq {from.Seq}");
    }

    private static Checkpoint Count(Checkpoint checkpoint, long seq, IReadOnlyList<JournalEntry> batch)
    {
        var (_, encounters, settlements, filings) = checkpoint;
        foreach (var (record, _) in batch)
        {
            if (record.EncounterOpened is not null || record.SettledClaim?.InlineEncounter is not null) encounters++;
            settlements += TenantState.SettlementNumbersOf(record);
            if (record.TreatmentFiled is not null) filings++;
        }
        return new Checkpoint(seq, encounters, settlements, filings);
    }

    private void Advance(Checkpoint to)
    {
        TaskCompletionSource done;
        lock (waiters)
        {
            checkpoint = to;
            (done, advanced) = (advanced, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        done.TrySetResult();
    }

    private sealed class ProjectedElsewhereException(string message) : Exception(message);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        wake.Dispose();
        stepping.Dispose();
    }
}
