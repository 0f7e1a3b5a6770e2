namespace MedInsure.Kernel.Tests.Time;

[Trait("Category", "Unit")]
public sealed class DatePeriodTests
{
    private static DateOnly Day(int day) => new(2026, 1, day);
    private static DatePeriod Period(int from, int? to) => new(Day(from), to is { } day ? Day(day) : null);

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void BothEnds_AreIncluded(int day, bool contained) => Assert.Equal(contained, Period(5, 10).Contains(Day(day)));

    [Fact]
    public void WithoutEnd_ContainsEveryLaterDay()
    {
        Assert.True(Period(5, null).Contains(DateOnly.MaxValue));
        Assert.False(Period(5, null).Contains(Day(4)));
    }

    [Fact]
    public void EndBeforeStart_Throws() => Assert.Throws<ArgumentException>(() => Period(5, 4));

    [Fact]
    public void OneDay_IsAPeriod() => Assert.True(Period(5, 5).Contains(Day(5)));

    [Theory]
    [InlineData(1, 5, 5, 9, true)]  // they share the fifth
    [InlineData(1, 4, 5, 9, false)]
    [InlineData(1, null, 5, 9, true)]
    [InlineData(1, 4, 5, null, false)]
    [InlineData(10, null, 5, null, true)]
    [InlineData(3, 4, 1, 9, true)]
    public void Overlap_IsASharedDay(int from, int? to, int otherFrom, int? otherTo, bool overlaps)
    {
        Assert.Equal(overlaps, Period(from, to).Overlaps(Period(otherFrom, otherTo)));
        Assert.Equal(overlaps, Period(otherFrom, otherTo).Overlaps(Period(from, to)));
    }

    [Fact]
    public void Text_NamesBothEnds() => Assert.Equal(("2026-01-05..2026-01-10", "2026-01-05.."), (Period(5, 10).ToString(), Period(5, null).ToString()));
}
