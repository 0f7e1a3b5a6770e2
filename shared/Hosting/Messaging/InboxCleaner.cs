using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MedInsure.Hosting.Messaging;

/// <summary>Forgets what the inboxes no longer need to recognise, once a day. Never at the start: what was waiting for this process comes first.</summary>
internal sealed class InboxCleaner(Subscriptions subscriptions, TenantDatabases databases, TimeProvider time, ILogger<InboxCleaner> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            foreach (var service in subscriptions.Handlers.Select(h => h.Service).Distinct())
                foreach (var tenant in databases.TenantsOf(service))
                {
                    try { await Inbox.Forget(databases.For(tenant.Code, service), stoppingToken); }
                    catch (Exception e) when (!stoppingToken.IsCancellationRequested) { logger.LogWarning(e, "The inbox of {Service} of {Tenant} was not cleaned", service, tenant.Code); }
                }
    }
}
