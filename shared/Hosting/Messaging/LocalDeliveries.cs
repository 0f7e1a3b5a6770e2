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
        private volatile Exception? failure;
        public TaskCompletionSource<Exception?> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Done(Exception? why)
        {
            failure ??= why;
            if (Interlocked.Decrement(ref left) == 0) Ended.TrySetResult(failure);
        }
    }

    private readonly ConcurrentDictionary<Guid, Delivery> open = new();

    /// <returns>Null when every queue handled it, else why one could not.</returns>
    public async Task<Exception?> Follow(Guid batch, int queues, Func<Task> publish, CancellationToken cancellation)
    {
        if (queues == 0) { await publish(); return null; }
        var delivery = open[batch] = new Delivery(queues);
        try
        {
            await publish();
            return await delivery.Ended.Task.WaitAsync(cancellation);
        }
        finally { open.TryRemove(batch, out _); }
    }

    /// <param name="failure">Null: handled.</param>
    public void Done(Guid batch, Exception? failure)
    {
        if (open.TryGetValue(batch, out var delivery)) delivery.Done(failure);
    }
}
