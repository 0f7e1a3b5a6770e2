using System.Collections.Concurrent;

namespace MedInsure.Settlement.Journal;

/// <summary>
/// What other services announced of persons lately. A change reaches the table only with the commit of the transaction that took the event, and a command
/// may have read the table before: without this, memory would keep the older state for as long as the person is busy.
/// </summary>
internal sealed class Announced<T>(Func<T, string> psnNoOf, Func<T, long> versionOf) where T : class
{
    // Longer than an event's transaction and a command's look into the tables may take together.
    private static readonly long KeptMs = 60_000;

    private readonly ConcurrentDictionary<string, (T State, long At)> newest = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string PsnNo, long At)> order = new();

    public void Add(T state)
    {
        var now = Environment.TickCount64;
        newest.AddOrUpdate(psnNoOf(state), (state, now), (_, known) => versionOf(known.State) < versionOf(state) ? (state, now) : known);
        order.Enqueue((psnNoOf(state), now));
        Forget(now);
    }

    /// <summary>What is older than it may be needed; also when nothing is announced any more, as after a month's credits of everybody.</summary>
    public void Forget(long now)
    {
        while (order.TryPeek(out var oldest) && now - oldest.At > KeptMs && order.TryDequeue(out oldest))
            if (newest.TryGetValue(oldest.PsnNo, out var known) && now - known.At > KeptMs) newest.TryRemove(oldest.PsnNo, out _);
    }

    /// <summary>The newer one of what is given and what was announced.</summary>
    public T? Newest(string psnNo, T? given) =>
        !order.IsEmpty && newest.TryGetValue(psnNo, out var known) && (given is null || versionOf(given) < versionOf(known.State)) ? known.State : given;
}
