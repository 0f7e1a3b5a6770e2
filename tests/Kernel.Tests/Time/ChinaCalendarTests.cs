namespace MedInsure.Kernel.Tests.Time;

[Trait("Category", "Unit")]
public sealed class ChinaCalendarTests
{
    private static long Utc(int year, int month, int day, int hour = 0, int minute = 0, int second = 0, int ms = 0) =>
        new DateTimeOffset(year, month, day, hour, minute, second, ms, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Fact]
    public void Day_BeginsAtSixteenHoursUtc()
    {
        Assert.Equal(new DateOnly(2026, 6, 1), ChinaCalendar.DayOf(Utc(2026, 6, 1, 15, 59, 59, 999)));
        Assert.Equal(new DateOnly(2026, 6, 2), ChinaCalendar.DayOf(Utc(2026, 6, 1, 16)));
        Assert.Equal(new DateOnly(2026, 1, 1), ChinaCalendar.DayOf(Utc(2025, 12, 31, 16)));
        Assert.Equal(Utc(2025, 12, 31, 16), ChinaCalendar.StartOf(new DateOnly(2026, 1, 1)).ToUnixTimeMilliseconds());
    }

    [Fact]
    public void InstantsBefore1970_FallOnTheirOwnDay()
    {
        // A division that cuts towards zero would put the last day of 1969 into 1970.
        Assert.Equal(new DateOnly(1970, 1, 1), ChinaCalendar.DayOf(0));
        Assert.Equal(new DateOnly(1970, 1, 1), ChinaCalendar.DayOf(Utc(1969, 12, 31, 16)));
        Assert.Equal(new DateOnly(1969, 12, 31), ChinaCalendar.DayOf(Utc(1969, 12, 31, 15, 59, 59, 999)));
        Assert.Equal(new DateOnly(1969, 12, 31), ChinaCalendar.DayOf(Utc(1969, 12, 30, 16)));
        Assert.Equal(new DateOnly(1930, 3, 5), ChinaCalendar.DayOf(Utc(1930, 3, 4, 16)));
    }

    [Fact]
    public void Calendar_EndsAtItsEnds()
    {
        Assert.Equal(DateOnly.MinValue, ChinaCalendar.DayOf(-719_162L * 86_400_000 - 8 * 3_600_000));
        Assert.Equal(DateOnly.MaxValue, ChinaCalendar.DayOf(Utc(9999, 12, 31, 15, 59, 59, 999)));
        foreach (var outside in new[] { long.MinValue, -719_162L * 86_400_000 - 8 * 3_600_000 - 1, Utc(9999, 12, 31, 16), long.MaxValue })
            Assert.Throws<ArgumentOutOfRangeException>(() => ChinaCalendar.DayOf(outside));
    }

    [Fact]
    public void EveryHourOfSixtyDays_AgreesWithTheFramework()
    {
        for (var at = Utc(1969, 12, 1); at < Utc(1970, 2, 1); at += 3_600_000)
            Assert.Equal(DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(at).ToOffset(ChinaCalendar.Offset).DateTime), ChinaCalendar.DayOf(at));
    }

    [Fact]
    public void Today_IsTheDayInChina()
    {
        var calendar = new ChinaCalendar(new StandingClock(new DateTimeOffset(2026, 6, 1, 17, 0, 0, TimeSpan.Zero)));
        Assert.Equal(new DateOnly(2026, 6, 2), calendar.Today);
        Assert.Equal(new DateTimeOffset(2026, 6, 2, 1, 0, 0, TimeSpan.FromHours(8)), calendar.Now);
        Assert.Equal(TimeSpan.FromHours(8), calendar.Now.Offset);
        Assert.Equal(TimeSpan.Zero, calendar.UtcNow.Offset);
    }

    [Fact]
    public void WallClock_IsReadAsChinasWhateverItsKind()
    {
        var local = new DateTime(2026, 6, 2, 1, 0, 0);
        foreach (var kind in new[] { DateTimeKind.Unspecified, DateTimeKind.Local, DateTimeKind.Utc })
            Assert.Equal(Utc(2026, 6, 1, 17), ChinaCalendar.FromLocal(DateTime.SpecifyKind(local, kind)).ToUnixTimeMilliseconds());
        Assert.Equal(local, ChinaCalendar.ToLocal(DateTimeOffset.FromUnixTimeMilliseconds(Utc(2026, 6, 1, 17))).DateTime);
    }

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
