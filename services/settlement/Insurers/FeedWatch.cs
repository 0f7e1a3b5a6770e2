using System.Collections.Concurrent;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// Tells waiting streams that their contract has new events, whichever process wrote them: one look per city four times a second while anybody waits,
/// however many they are. A bell inside the process would miss the other replicas, and a listening connection would have to be kept alive in each.
/// </summary>
public sealed class FeedWatch(TenantDatabases databases, ILogger<FeedWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private sealed class Bell
    {
        public long Last;
        public int Waiting;
        public TaskCompletionSource Rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly ConcurrentDictionary<string, Bell> bells = new();

    /// <summary>Returns when the contract's last cursor is beyond <paramref name="cursor"/>.</summary>
    public async Task WaitBeyond(string contractNo, long cursor, CancellationToken cancellation)
    {
        var bell = bells.GetOrAdd(contractNo, _ => new Bell());
        Interlocked.Increment(ref bell.Waiting);
        try
        {
            for (; ; )
            {
                // The bell first: what is rung after this look is not missed.
                var rung = Volatile.Read(ref bell.Rung);
                if (Volatile.Read(ref bell.Last) > cursor) return;
                await rung.Task.WaitAsync(cancellation);
            }
        }
        finally
        {
            Interlocked.Decrement(ref bell.Waiting);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll(databases.TenantsOf(SettlementModule.Service).Where(t => t.IsCity).Select(t => Watch(databases.For(t.Code, SettlementModule.Service), t.Code, stoppingToken)));

    private async Task Watch(NpgsqlDataSource database, string city, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval);
        var away = false;
        while (!cancellation.IsCancellationRequested)
            try
            {
                if (!await timer.WaitForNextTickAsync(cancellation)) return;
                if (!bells.Values.Any(b => Volatile.Read(ref b.Waiting) > 0)) continue;
                await Look(database, cancellation);
                away = false;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { return; }
            catch (NpgsqlException e)
            {
                // The streams wait on; nothing is lost.
                if (!away) logger.LogWarning(e, "The feeds of {City} cannot be looked at", city);
                away = true;
            }
    }

    private async Task Look(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT contract_no, last_cursor FROM insurer_stream");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var last = reader.GetInt64(1);
            if (!bells.TryGetValue(reader.GetString(0), out var bell) || Volatile.Read(ref bell.Last) == last) continue;
            Volatile.Write(ref bell.Last, last);
            Interlocked.Exchange(ref bell.Rung, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }
}
