using MassTransit;
using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Hosting.Messaging;

/// <summary>
/// The receiver of one tenant's queue of one service. Broken infrastructure is waited for (about a quarter of an hour); events that cannot be handled
/// are tried a few times, then one by one so that the good ones of a message take effect, and the message goes to the error queue.
/// Replaying it from there repeats only what had not taken effect.
/// </summary>
internal sealed class EventConsumer(Tenant tenant, string service, IServiceProvider root) : IConsumer<EventBatch>
{
    private const int TriesOfBroken = 3;
    private const int TriesOfInfrastructure = 40;
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private readonly ILogger logger = root.GetRequiredService<ILoggerFactory>().CreateLogger<EventConsumer>();

    public async Task Consume(ConsumeContext<EventBatch> context)
    {
        var batch = context.Message;
        var deliveries = root.GetRequiredService<LocalDeliveries>();
        try
        {
            await HandleWithPatience(batch, batch.Events, context.CancellationToken);
            deliveries.Done(batch.Id, handled: true);
        }
        catch (Exception e) when (!context.CancellationToken.IsCancellationRequested)
        {
            logger.LogError(e, "{Service} of {Tenant} cannot handle {Type} message {BatchId} of {Source}: to the error queue", service, tenant.Code, batch.Type, batch.Id, batch.Tenant);
            deliveries.Done(batch.Id, handled: false);
            throw;
        }
    }

    private async Task HandleWithPatience(EventBatch batch, IReadOnlyList<EventEnvelope> events, CancellationToken cancellation)
    {
        for (int broken = 0, waited = 0; ;)
        {
            TimeSpan pause;
            try
            {
                await Handle(batch, events, cancellation);
                return;
            }
            catch (Exception e) when (IsInfrastructure(e) && ++waited < TriesOfInfrastructure)
            {
                pause = TimeSpan.FromMilliseconds(Math.Min(PauseMax.TotalMilliseconds, 200 << Math.Min(waited, 10)));
                logger.LogWarning(e, "{Service} of {Tenant} waits to handle {Type} events", service, tenant.Code, batch.Type);
            }
            catch (Exception e) when (!IsInfrastructure(e) && !cancellation.IsCancellationRequested && ++broken < TriesOfBroken)
            {
                pause = TimeSpan.FromMilliseconds(100 * broken * broken);
            }
            catch (Exception) when (broken >= TriesOfBroken && events.Count > 1)
            {
                await HandleOneByOne(batch, events, cancellation);
                return;
            }
            await Task.Delay(pause, cancellation);
        }
    }

    private async Task HandleOneByOne(EventBatch batch, IReadOnlyList<EventEnvelope> events, CancellationToken cancellation)
    {
        var failures = new List<Exception>();
        foreach (var one in events)
        {
            try { await HandleWithPatience(batch, [one], cancellation); }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                logger.LogError(e, "{Service} of {Tenant} cannot handle {Type} event {EventId}", service, tenant.Code, batch.Type, one.Id);
                failures.Add(e);
            }
        }
        if (failures.Count > 0) throw new AggregateException($"{failures.Count} of {events.Count} events could not be handled", failures.Take(5));
    }

    private async Task Handle(EventBatch batch, IReadOnlyList<EventEnvelope> events, CancellationToken cancellation)
    {
        await using var scope = root.CreateAsyncScope();
        await using var connection = await root.GetRequiredService<TenantDatabases>().For(tenant.Code, service).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var fresh = await Inbox.Enter(connection, transaction, [.. events.Select(e => e.Id)], cancellation);
        // One message may hold the same event twice; the first stands.
        EventEnvelope[] remaining = [.. events.Where(e => fresh.Remove(e.Id))];
        if (remaining.Length == 0) return;
        var context = new EventContext(tenant, batch.Tenant, connection, transaction);
        foreach (var handler in root.GetRequiredService<Subscriptions>().Handlers)
            if (handler.Service == service && handler.Type == batch.Type) await handler.Handle(scope.ServiceProvider, context, remaining, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static bool IsInfrastructure(Exception e) => e switch
    {
        // 53: out of resources, 57P: shutting down or starting, 08: connection; 40: serialization and deadlock, which a repeat cures.
        PostgresException p => p.SqlState.StartsWith("53", StringComparison.Ordinal) || p.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || p.SqlState.StartsWith("08", StringComparison.Ordinal) || p.SqlState.StartsWith("40", StringComparison.Ordinal),
        NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or HttpRequestException => true,
        _ => false,
    };
}

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
