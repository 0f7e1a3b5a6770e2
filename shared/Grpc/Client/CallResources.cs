using System.Collections.Concurrent;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// What a call with one request and one response borrows: the source of its token, with the timer of its deadline, and the bytes of its
/// messages. Used again after calls that ended well; whatever else happened, something may still hold a part of it, and it is left to the
/// collector.
/// </summary>
internal sealed class CallResources
{
    private const int Kept = 128;

    private static readonly ConcurrentQueue<CallResources> Pool = new();
    private static int _pooled;

    private CallResources()
    {
    }

    internal CancellationTokenSource Source { get; private set; } = new();

    internal PooledBuffer Request { get; } = new(1024);

    internal PooledBuffer Response { get; } = new(4096);

    internal static CallResources Take()
    {
        if (!Pool.TryDequeue(out var resources))
            return new CallResources();
        Interlocked.Decrement(ref _pooled);
        return resources;
    }

    /// <param name="tokenIsForgotten">Whether surely nobody keeps the token: who did would hear of a later call's end.</param>
    internal void Return(bool tokenIsForgotten)
    {
        if (!tokenIsForgotten || !Source.TryReset())
            Source = new CancellationTokenSource();
        Request.Reuse();
        Response.Reuse();
        if (Interlocked.Increment(ref _pooled) <= Kept)
        {
            Pool.Enqueue(this);
            return;
        }
        Interlocked.Decrement(ref _pooled);
        Source.Dispose();
        Request.Dispose();
        Response.Dispose();
    }
}
