namespace MedInsure.Hosting.Messaging.Errors;

/// <summary>A message that could not be handled, as an operator sees it. What it carries is not shown: it is personal data.</summary>
/// <param name="Queue">Where it waits: medinsure.&lt;tenant&gt;.&lt;service&gt;_error of the broker, or …outbox with the bus in memory.</param>
/// <param name="Id">Stays the same while it waits, and through a replay.</param>
/// <param name="Source">Division code of the tenant that recorded the events; empty when the message cannot be read.</param>
/// <param name="Type">The event record's name; empty likewise.</param>
/// <param name="Events">How many it carries.</param>
/// <param name="Error">The first failure's text, personal data masked.</param>
/// <param name="FailedAt">Null: not known.</param>
internal sealed record ErrorMessage(string Queue, string Id, string Source, string Type, int Events, string Error, DateTimeOffset? FailedAt);

/// <summary>The messages that this process could not handle for good, wherever the bus keeps them.</summary>
internal interface IMessageErrors
{
    /// <summary>How many wait, by queue; queues without any may be left out.</summary>
    Task<IReadOnlyDictionary<string, long>> Count(CancellationToken cancellation);

    /// <summary>In the order of their queues' names and inside a queue of their arrival, after the first <paramref name="skip"/>.</summary>
    /// <param name="queue">Null: of all queues.</param>
    Task<IReadOnlyList<ErrorMessage>> List(string? queue, int skip, int limit, CancellationToken cancellation);

    /// <summary>Sends messages to where they could not be handled, once more. A repeat finds them gone; events that took effect are not repeated by it.</summary>
    /// <param name="id">Null: all that wait there now.</param>
    /// <returns>Those that were sent.</returns>
    Task<IReadOnlyList<ErrorMessage>> Replay(string queue, string? id, CancellationToken cancellation);

    /// <summary>Deletes messages.</summary>
    /// <returns>Those that are gone.</returns>
    Task<IReadOnlyList<ErrorMessage>> Discard(string queue, string? id, CancellationToken cancellation);
}
