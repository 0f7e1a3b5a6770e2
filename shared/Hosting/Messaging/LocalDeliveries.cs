using System.Collections.Concurrent;

namespace MedInsure.Hosting.Messaging;

/// <summary>
/// The in-memory bus forgets its messages when the process ends. With it the dispatcher deletes a message's rows only when every queue of this
/// process has handled it; what was on its way is still in the outbox at the next start, and is sent again.
/// </summary>
internal sealed class LocalDeliveries
{
    private sealed class Delivery(int queues)
    {
        private int left = queues;
        private volatile bool failed;
        public TaskCompletionSource<bool> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Done(bool handled)
        {
            if (!handled) failed = true;
            if (Interlocked.Decrement(ref left) == 0) Ended.TrySetResult(!failed);
        }
    }

    private readonly ConcurrentDictionary<Guid, Delivery> open = new();

    /// <returns>True when every queue handled it.</returns>
    public async Task<bool> Follow(Guid batch, int queues, Func<Task> publish, CancellationToken cancellation)
    {
        if (queues == 0) { await publish(); return true; }
        var delivery = open[batch] = new Delivery(queues);
        try
        {
            await publish();
            return await delivery.Ended.Task.WaitAsync(cancellation);
        }
        finally { open.TryRemove(batch, out _); }
    }

    public void Done(Guid batch, bool handled)
    {
        if (open.TryGetValue(batch, out var delivery)) delivery.Done(handled);
    }
}
