namespace MedInsure.Events;

/// <summary>What travels on the bus: consecutive events of one type from one tenant's service, in the order in which they were recorded.
/// Delivered at least once; whoever handles them drops repeats by <see cref="EventEnvelope.Id"/>.</summary>
/// <param name="Tenant">Division code of the tenant that recorded the events.</param>
/// <param name="Service">Folder name of the service that recorded them.</param>
/// <param name="Type">The event record's name, without namespace: ClaimSettled.</param>
/// <param name="Number">Counts the tenant's and service's messages from 1. One that is sent again has the same number, and at least the same events.</param>
/// <param name="Before">By type, the number of the last message before this one: whoever handles some of the types knows by it whether one is still under way.</param>
public sealed record EventBatch(Guid Id, string Tenant, string Service, string Type, long Number, IReadOnlyDictionary<string, long> Before, IReadOnlyList<EventEnvelope> Events)
{
    /// <summary>Queues are bound by it: &lt;tenant&gt;.&lt;type&gt;.</summary>
    public static string RoutingKey(string tenant, string type) => $"{tenant}.{type}";
}

/// <param name="Aggregate">What the order is kept for: a psn_no, a city's code.</param>
/// <param name="OccurredAtMs">Unix milliseconds.</param>
/// <param name="Payload">The event record as UTF-8 JSON (<see cref="EventJson"/>).</param>
public sealed record EventEnvelope(Guid Id, string Aggregate, long OccurredAtMs, byte[] Payload);
