namespace Grpc.Wire;

/// <summary>
/// The clock of deadlines. Not the application's injected one: a deadline is real time that passes on the wire and at the peer,
/// also where a test stands the calendar still.
/// </summary>
internal static class WireClock
{
    internal static DateTime UtcNow => TimeProvider.System.GetUtcNow().UtcDateTime;
}
