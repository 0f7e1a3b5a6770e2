using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MedInsure.Hosting.Jobs;

/// <summary>
/// Work for each tenant on its own, round after round: again at once while there is more, else after a pause or a ring. A round that fails in any way is logged and
/// tried again after the pause; it ends neither the process nor the other tenants' rounds.
/// </summary>
public abstract class TenantWork(ILogger log, TimeSpan pause) : BackgroundService
{
    private readonly Dictionary<string, SemaphoreSlim> bells = [];
    private readonly Lock door = new();

    /// <summary>Codes of the tenants to work for; read once, when the work begins.</summary>
    protected abstract IEnumerable<string> Tenants { get; }

    /// <returns>True: there is more to do at once.</returns>
    protected abstract Task<bool> Round(string tenant, CancellationToken stop);

    /// <summary>There is something to do for the tenant now, not at the next look.</summary>
    public void Ring(string tenant)
    {
        lock (door)
            if (Bell(tenant) is { CurrentCount: 0 } bell) bell.Release();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Tenants.ToList().Select(tenant => Task.Run(() => Work(tenant, stoppingToken), stoppingToken)));

    private async Task Work(string tenant, CancellationToken stop)
    {
        var bell = Bell(tenant);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (await Round(tenant, stop)) { }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (Exception e)
            {
                log.LogWarning(e, "tenant {Tenant}: a round failed; trying again", tenant);
            }
            try { await bell.WaitAsync(pause, stop); }
            catch (OperationCanceledException) { return; }
        }
    }

    private SemaphoreSlim Bell(string tenant)
    {
        lock (door) return bells.TryGetValue(tenant, out var bell) ? bell : bells[tenant] = new SemaphoreSlim(0, 1);
    }

    public override void Dispose()
    {
        lock (door)
            foreach (var bell in bells.Values) bell.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
