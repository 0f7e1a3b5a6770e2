namespace MedInsure.Kernel;

/// <summary>The one source of "today" and of local times: China Standard Time, UTC+8 all year, whatever the machine's zone.</summary>
public sealed class ChinaCalendar(TimeProvider time)
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public DateTimeOffset UtcNow => time.GetUtcNow();
    public DateTimeOffset Now => time.GetUtcNow().ToOffset(Offset);
    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);

    /// <summary>The local form of an instant, for the interface's yyyy-MM-dd HH:mm:ss fields.</summary>
    public static DateTimeOffset ToLocal(DateTimeOffset instant) => instant.ToOffset(Offset);

    /// <summary>The local day of an instant in unix milliseconds.</summary>
    public static DateOnly DayOf(long unixMilliseconds) =>
        DateOnly.FromDayNumber((int)Math.DivRem(unixMilliseconds + 8 * 3_600_000L, 86_400_000L).Quotient + UnixEpochDay);

    private static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>A wall-clock time sent by a hospital, as an instant.</summary>
    public static DateTimeOffset FromLocal(DateTime local) => new(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), Offset);
}
