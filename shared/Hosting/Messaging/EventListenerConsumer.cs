using MassTransit;
using MedInsure.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Hosting.Messaging;

/// <summary>The receiver of a process's own temporary queue, for what it holds in memory.</summary>
internal sealed class EventListenerConsumer(IServiceProvider root) : IConsumer<EventBatch>
{
    public async Task Consume(ConsumeContext<EventBatch> context)
    {
        var batch = context.Message;
        await using var scope = root.CreateAsyncScope();
        foreach (var listener in root.GetRequiredService<Subscriptions>().Listeners.Where(l => l.Type == batch.Type))
        {
            try { await listener.Hear(scope.ServiceProvider, batch.Tenant, batch.Events, context.CancellationToken); }
            catch (Exception e) when (!context.CancellationToken.IsCancellationRequested)
            {
                // The listener's own refresh makes up for it; a repeat of the message would not help the others.
                root.GetRequiredService<ILoggerFactory>().CreateLogger<EventListenerConsumer>().LogError(e, "A listener to {Type} of {Source} failed", batch.Type, batch.Tenant);
            }
        }
    }
}
