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

    /// <summary>The local day of an instant in unix milliseconds, before 1970 as well.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant lies outside the calendar's years 1 to 9999.</exception>
    public static DateOnly DayOf(long unixMilliseconds)
    {
        if (unixMilliseconds is < FirstInstant or > LastInstant) throw new ArgumentOutOfRangeException(nameof(unixMilliseconds));
        // Counted from the calendar's first day: a division that cuts towards zero must not see a negative number.
        return DateOnly.FromDayNumber((int)((unixMilliseconds - FirstInstant) / DayLength));
    }

    // Midnight in China before 1 January of the year 1, and the last millisecond of 9999; 719,162 days lie before 1970.
    private const long DayLength = 86_400_000, FirstInstant = -719_162 * DayLength - 8 * 3_600_000, LastInstant = FirstInstant + 3_652_059 * DayLength - 1;

    /// <summary>The first instant of a local day.</summary>
    public static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), Offset);

    /// <summary>A wall-clock time sent by a hospital, as an instant.</summary>
    public static DateTimeOffset FromLocal(DateTime local) => new(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), Offset);
}
