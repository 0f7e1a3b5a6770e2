using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Hosting.Messaging;

/// <summary>Handles events in a tenant's database, in one transaction with the inbox. Repeats never arrive here. An exception undoes the transaction;
/// the events come again, and after several attempts go to the queue's error queue.</summary>
#pragma warning disable CA1711 // A handler of our events; no delegate type of the framework is meant.
public interface IEventHandler<TEvent>
#pragma warning restore CA1711
{
    /// <param name="events">At least one, in the order of the outbox, all from <see cref="EventContext.Source"/>.</param>
    Task Handle(EventContext context, IReadOnlyList<TEvent> events, CancellationToken cancellation);
}

/// <summary>Hears of events in every process, for what a process holds in memory. Not durable and without an inbox: repeats may come, and events are
/// missed while the bus is away, so that a listener must also read afresh at start and from time to time.</summary>
public interface IEventListener<TEvent>
{
    /// <param name="source">Division code of the tenant that recorded the events.</param>
    Task Hear(string source, IReadOnlyList<TEvent> events, CancellationToken cancellation);
}

/// <summary>Where events take effect.</summary>
/// <param name="Tenant">Whose database <paramref name="Connection"/> leads to.</param>
/// <param name="Source">Division code of the tenant that recorded the events: the same, or its city, or (of a city) one of its counties.</param>
public sealed record EventContext(Tenant Tenant, string Source, NpgsqlConnection Connection, NpgsqlTransaction Transaction);

/// <summary>Whose events a service's handler receives at a tenant.</summary>
public enum EventOrigin
{
    /// <summary>The tenant's own and its city's.</summary>
    OwnAndCity,
    /// <summary>As well, at a city, those of its counties.</summary>
    OwnCityAndCounties,
    /// <summary>At a city those of its counties; elsewhere none.</summary>
    CountiesAtCity,
}

/// <summary>What this process handles; filled while the modules register, read when the bus starts.</summary>
internal sealed class Subscriptions
{
    public List<Subscription> Handlers { get; } = [];
    public List<ListenerSubscription> Listeners { get; } = [];
    /// <summary>Set once the endpoints are mapped.</summary>
    public bool IsMapped { get; set; }

    /// <summary>The tenants whose events of a type reach a service's handlers at <paramref name="at"/>.</summary>
    public static IEnumerable<string> Sources(Tenant at, EventOrigin origin, TenantDirectory directory) =>
        (origin, at.IsCity) switch
        {
            (EventOrigin.CountiesAtCity, true) => directory.Counties.Where(t => t.CityCode == at.Code).Select(t => t.Code),
            (EventOrigin.CountiesAtCity, false) => [],
            (EventOrigin.OwnCityAndCounties, true) => directory.All.Where(t => t.CityCode == at.Code).Select(t => t.Code).Append(at.Code).Distinct(),
            _ => ((string[])[at.Code, at.CityCode]).Distinct(),
        };

    /// <summary>How many queues of this process take events of this type from this tenant.</summary>
    public int QueuesFor(string source, string type, TenantDatabases databases, TenantDirectory directory) =>
        Handlers.Where(h => h.Type == type).Select(h => h.Service).Distinct()
            .Sum(service => databases.TenantsOf(service).Count(at => Handlers.Any(h => h.Service == service && h.Type == type && Sources(at, h.Origin, directory).Contains(source))));
}

internal sealed record Subscription(
    string Service, string Type, EventOrigin Origin, Func<IServiceProvider, EventContext, IReadOnlyList<EventEnvelope>, CancellationToken, Task> Handle)
{
    public static Subscription Of<TEvent, THandler>(string service, EventOrigin origin) where THandler : class, IEventHandler<TEvent> => new(service, typeof(TEvent).Name, origin,
        (services, context, events, cancellation) => ((THandler)services.GetService(typeof(THandler))!).Handle(context, [.. events.Select(e => EventJson.Read<TEvent>(e.Payload))], cancellation));
}

internal sealed record ListenerSubscription(string Type, Func<IServiceProvider, string, IReadOnlyList<EventEnvelope>, CancellationToken, Task> Hear)
{
    public static ListenerSubscription Of<TEvent, TListener>() where TListener : class, IEventListener<TEvent> => new(typeof(TEvent).Name,
        (services, source, events, cancellation) => ((TListener)services.GetService(typeof(TListener))!).Hear(source, [.. events.Select(e => EventJson.Read<TEvent>(e.Payload))], cancellation));
}
