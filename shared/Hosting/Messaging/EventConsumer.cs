using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using MassTransit;
using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Hosting.Messaging;

/// <summary>
/// The receiver of one tenant's queue of one service. A message waits until those before it have taken effect, wherever they are being handled.
/// Broken infrastructure is waited for (about a quarter of an hour); events that cannot be handled are tried a few times, then one by one so that
/// the good ones of a message take effect, and the message goes to the error queue. Replaying it from there repeats only what had not taken effect.
/// </summary>
/// <param name="types">By the tenant an event comes from, the types that reach this queue.</param>
/// <param name="returns">Whether the broker takes a message back; the in-memory bus does not.</param>
internal sealed class EventConsumer(Tenant tenant, string service, ILookup<string, string> types, bool returns, IServiceProvider root) : IConsumer<EventBatch>
{
    private const int TriesOfBroken = 3;
    private const int TriesOfInfrastructure = 40;
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TurnPause = TimeSpan.FromMilliseconds(50);
    /// <summary>A message that waits keeps one of the receiver's places, which the one it waits for may need: after this time it gives it back.</summary>
    private static readonly TimeSpan PlaceKept = TimeSpan.FromSeconds(2);
    /// <summary>How long messages before this one are waited for. Then they are lost (a queue that was emptied or deleted by hand).</summary>
    private static readonly TimeSpan TurnPatience = TimeSpan.FromMinutes(1);
    /// <summary>The same before anything from this publisher took effect: mostly the queue is younger than the publisher.</summary>
    private static readonly TimeSpan FirstTurnPatience = TimeSpan.FromSeconds(8);

    /// <summary>How long messages of a type that has no handler here are left to a process that knows it: an update of all replicas. Then they go to the error queue.</summary>
    internal static readonly TimeSpan UnknownPatience = TimeSpan.FromMinutes(3);

    /// <summary>When a type without a handler here was first seen.</summary>
    private readonly ConcurrentDictionary<string, long> unknown = new();
    /// <summary>When a waiting message was first seen, over its redeliveries.</summary>
    private readonly ConcurrentDictionary<Guid, long> waiting = new();
    private readonly ILogger logger = root.GetRequiredService<ILoggerFactory>().CreateLogger<EventConsumer>();
    private readonly TimeProvider time = root.GetRequiredService<TimeProvider>();

    public async Task Consume(ConsumeContext<EventBatch> context)
    {
        var (batch, cancellation) = (context.Message, context.CancellationToken);
        try
        {
            if (!types[batch.Tenant].Contains(batch.Type)) await LeaveToOthers(batch, cancellation);
            await HandleWithPatience(batch, batch.Events, last: true, cancellation);
            waiting.TryRemove(batch.Id, out _);
            root.GetRequiredService<LocalDeliveries>().Done(batch.Id, failure: null);
        }
        catch (Exception e) when (cancellation.IsCancellationRequested || e is ObjectDisposedException or NotItsTurnException)
        {
            // What another process handles meanwhile is never seen again here.
            if (waiting.Count > 10_000) waiting.Clear();
            // The process ends, or gives the place back: that is no fault of the message.
            throw new ReturnedToQueueException(e);
        }
        catch (Exception e)
        {
            waiting.TryRemove(batch.Id, out _);
            logger.LogError(e, "{Service} of {Tenant} cannot handle {Type} message {BatchId} of {Source}: to the error queue", service, tenant.Code, batch.Type, batch.Id, batch.Tenant);
            await PassOver(batch, cancellation);
            root.GetRequiredService<LocalDeliveries>().Done(batch.Id, e);
            throw;
        }
    }

    /// <summary>
    /// A newer release has bound the queue to a type that this one does not know. To take it as handled would lose it; so it goes back until that release
    /// receives here, or, after a roll-back, to the error queue, for good order in everything else.
    /// </summary>
    private async Task LeaveToOthers(EventBatch batch, CancellationToken cancellation)
    {
        if (time.GetElapsedTime(unknown.GetOrAdd($"{batch.Tenant} {batch.Type}", _ => time.GetTimestamp())) > UnknownPatience)
            throw new NotSupportedException($"this release has no handler of {batch.Type} of {batch.Tenant}: replay the message once one receives that has");
        await Task.Delay(PlaceKept, cancellation);
        throw new NotItsTurnException();
    }

    private async Task HandleWithPatience(EventBatch batch, IReadOnlyList<EventEnvelope> events, bool last, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        for (int broken = 0, waited = 0; ;)
        {
            TimeSpan pause;
            try
            {
                if (await Handle(batch, events, last, cancellation)) return;
                pause = TurnPause;
                if (returns && time.GetElapsedTime(begun) > PlaceKept) throw new NotItsTurnException();
            }
            catch (Exception e) when (IsInfrastructure(e) && ++waited < TriesOfInfrastructure)
            {
                pause = TimeSpan.FromMilliseconds(Math.Min(PauseMax.TotalMilliseconds, 200 << Math.Min(waited, 10)));
                logger.LogWarning(e, "{Service} of {Tenant} waits to handle {Type} events", service, tenant.Code, batch.Type);
            }
            catch (Exception e) when (!IsInfrastructure(e) && !IsEnd(e, cancellation) && ++broken < TriesOfBroken)
            {
                pause = TimeSpan.FromMilliseconds(100 * broken * broken);
            }
            catch (Exception e) when (broken >= TriesOfBroken && events.Count > 1 && !IsEnd(e, cancellation))
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
            try { await HandleWithPatience(batch, [one], last: false, cancellation); }
            catch (Exception e) when (!IsEnd(e, cancellation))
            {
                logger.LogError(e, "{Service} of {Tenant} cannot handle {Type} event {EventId}", service, tenant.Code, batch.Type, one.Id);
                failures.Add(e);
            }
        }
        if (failures.Count > 0) throw new AggregateException($"{failures.Count} of {events.Count} events could not be handled", failures.Take(5));
        await PassOver(batch, cancellation);
    }

    /// <returns>False when a message before this one has not taken effect yet: it is not this one's turn.</returns>
    private async Task<bool> Handle(EventBatch batch, IReadOnlyList<EventEnvelope> events, bool last, CancellationToken cancellation)
    {
        await using var scope = root.CreateAsyncScope();
        await using var connection = await root.GetRequiredService<TenantDatabases>().For(tenant.Code, service).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        var reached = await Inbox.LockStream(connection, transaction, batch.Tenant, batch.Service, cancellation);
        var needed = types[batch.Tenant].Max(type => batch.Before.GetValueOrDefault(type));
        if (reached < needed && !IsGivenUp(batch, reached, needed)) return false;

        var fresh = await Inbox.Enter(connection, transaction, [.. events.Select(e => e.Id)], cancellation);
        // One message may hold the same event twice; the first stands.
        EventEnvelope[] remaining = [.. events.Where(e => fresh.Remove(e.Id))];
        var context = new EventContext(tenant, batch.Tenant, connection, transaction);
        if (remaining.Length > 0)
            foreach (var handler in root.GetRequiredService<Subscriptions>().Handlers)
                if (handler.Service == service && handler.Type == batch.Type) await handler.Handle(scope.ServiceProvider, context, remaining, cancellation);
        if (last) await Inbox.Advance(connection, transaction, batch.Tenant, batch.Service, batch.Number, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private bool IsGivenUp(EventBatch batch, long reached, long needed)
    {
        var since = time.GetElapsedTime(waiting.GetOrAdd(batch.Id, _ => time.GetTimestamp()));
        if (since <= (reached == 0 ? FirstTurnPatience : TurnPatience)) return false;
        logger.LogWarning("{Service} of {Tenant} goes on to message {Number} of {Publisher} of {Source} without {Needed}; the last was {Reached}", service, tenant.Code, batch.Number, batch.Service, batch.Tenant, needed, reached);
        return true;
    }

    /// <summary>Later messages need not wait for this one any more.</summary>
    private async Task PassOver(EventBatch batch, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await root.GetRequiredService<TenantDatabases>().For(tenant.Code, service).OpenConnectionAsync(cancellation);
            await Inbox.Advance(connection, null, batch.Tenant, batch.Service, batch.Number, cancellation);
        }
        catch (Exception e) when (IsInfrastructure(e)) { logger.LogWarning(e, "Messages after {BatchId} will wait before they go on without it", batch.Id); }
    }

    private static bool IsEnd(Exception e, CancellationToken cancellation) => cancellation.IsCancellationRequested || e is ObjectDisposedException or NotItsTurnException;

    private static bool IsInfrastructure(Exception e) => e switch
    {
        // 53: out of resources, 57P: shutting down or starting, 08: connection; 40: serialization and deadlock, which a repeat cures.
        PostgresException p => p.SqlState.StartsWith("53", StringComparison.Ordinal) || p.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || p.SqlState.StartsWith("08", StringComparison.Ordinal) || p.SqlState.StartsWith("40", StringComparison.Ordinal),
        NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or HttpRequestException => true,
        _ => false,
    };

    private sealed class NotItsTurnException : Exception;
}

/// <summary>Ends the handling of a message that its queue shall have back.</summary>
internal sealed class ReturnedToQueueException(Exception inner) : Exception("returned to its queue", inner);

/// <summary>Stands before the error queue and lets the broker have back what is not to go there.</summary>
internal sealed class ReturnToQueue : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is ReturnedToQueueException || context.Exception.InnerException is ReturnedToQueueException) ExceptionDispatchInfo.Throw(context.Exception);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) { }
}
