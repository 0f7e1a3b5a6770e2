namespace MedInsure.Gateway.Tests;

/// <summary>Stands still until it is moved: 2030-06-15, 10:00 in China, later than the machine's own clock: deadlines are measured by that.</summary>
public sealed class FixedClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2030, 6, 15, 2, 0, 0, TimeSpan.Zero);
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override DateTimeOffset GetUtcNow() => Now;
    public override long GetTimestamp() => Now.Ticks;
}
