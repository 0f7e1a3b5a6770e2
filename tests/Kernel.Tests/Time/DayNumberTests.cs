namespace MedInsure.Kernel.Tests.Time;

[Trait("Category", "Unit")]
public sealed class DayNumberTests
{
    [Theory]
    [InlineData(20260101)]
    [InlineData(20240229)]
    [InlineData(00010101)]
    [InlineData(99991231)]
    public void Day_RoundTrips(int number)
    {
        Assert.True(DayNumber.IsDay(number));
        Assert.Equal(number, DayNumber.Of(DayNumber.ToDate(number)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20260230)]
    [InlineData(20261301)]
    [InlineData(20260100)]
    [InlineData(-20260101)]
    [InlineData(123)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void NoDayOfTheCalendar_Throws(int number)
    {
        Assert.False(DayNumber.IsDay(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => DayNumber.ToDate(number));
    }

    [Fact]
    public void Zero_StandsForNoDate()
    {
        Assert.Null(DayNumber.ToOptionalDate(0));
        Assert.Equal(new DateOnly(2026, 6, 1), DayNumber.ToOptionalDate(20260601));
        Assert.Equal(0, DayNumber.Of((DateOnly?)null));
        Assert.Equal(20260601, DayNumber.Of((DateOnly?)new DateOnly(2026, 6, 1)));
    }
}
