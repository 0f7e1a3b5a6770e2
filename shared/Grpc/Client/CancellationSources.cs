using System.Collections.Concurrent;

namespace Grpc.Net.Client;

/// <summary>Sources of tokens, used again after calls that were not cancelled: a new one costs each call several objects.</summary>
internal static class CancellationSources
{
    private const int Kept = 128;

    private static readonly ConcurrentQueue<CancellationTokenSource> Pool = new();
    private static int _pooled;

    internal static CancellationTokenSource Take()
    {
        if (!Pool.TryDequeue(out var source))
            return new CancellationTokenSource();
        Interlocked.Decrement(ref _pooled);
        return source;
    }

    internal static void Return(CancellationTokenSource source)
    {
        if (!source.TryReset())
            return;
        if (Interlocked.Increment(ref _pooled) <= Kept)
        {
            Pool.Enqueue(source);
            return;
        }
        Interlocked.Decrement(ref _pooled);
        source.Dispose();
    }
}
