namespace MedInsure.Gateway.Tests;

/// <summary>Stands still until it is moved: 2026-11-21, 10:00 in China.</summary>
public sealed class FixedClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override DateTimeOffset GetUtcNow() => Now;
    public override long GetTimestamp() => Now.Ticks;
}
