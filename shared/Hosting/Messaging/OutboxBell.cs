using System.Collections.Concurrent;

namespace MedInsure.Hosting.Messaging;

/// <summary>Tells this process's dispatcher that events were committed, so that they leave at once and not at its next look. Optional.</summary>
public sealed class OutboxBell
{
    private readonly ConcurrentDictionary<(string Tenant, string Service), SemaphoreSlim> bells = new();

    /// <summary>To be called after the commit.</summary>
    public void Ring(string tenantCode, string service)
    {
        var bell = Bell(tenantCode, service);
        if (bell.CurrentCount > 0) return;
        try { bell.Release(); }
        catch (SemaphoreFullException) { /* Another rang in the same moment. */ }
    }

    internal Task Wait(string tenantCode, string service, TimeSpan atMost, CancellationToken cancellation) => Bell(tenantCode, service).WaitAsync(atMost, cancellation);

    private SemaphoreSlim Bell(string tenantCode, string service) => bells.GetOrAdd((tenantCode, service), _ => new SemaphoreSlim(0, 1));
}
