namespace MedInsure.Kernel.Tests.Money;

[Trait("Category", "Unit")]
public sealed class FixedPointTests
{
    [Theory]
    [InlineData("0", 2, 0)]
    [InlineData("00012", 0, 12)]
    [InlineData("-0.01", 2, -1)]
    [InlineData("+1.5", 4, 15_000)]
    [InlineData("1.250000000", 4, 12_500)] // zeros beyond the places say nothing
    [InlineData("7.000", 0, 7)]
    [InlineData("9223372036854775807", 0, long.MaxValue)]
    [InlineData("-9223372036854775808", 0, long.MinValue)]
    [InlineData("-922337203685477.5808", 4, long.MinValue)]
    public void Decimal_IsRead(string text, int places, long expected)
    {
        Assert.True(FixedPoint.TryParse(text, places, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData(".")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-.5")]
    [InlineData("1.2.3")]
    [InlineData("1e2")]
    [InlineData("1,000")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("--1")]
    [InlineData("1-")]
    [InlineData("0x1")]
    [InlineData("NaN")]
    [InlineData("１")] // a full-width digit
    [InlineData("0.001")] // a third decimal
    [InlineData("0.0010")]
    [InlineData("92233720368547758.08")]
    [InlineData("-92233720368547758.09")]
    [InlineData("999999999999999999999999999999999999999999")]
    public void OtherText_IsNot(string text)
    {
        Assert.False(FixedPoint.TryParse(text, 2, out var value));
        Assert.Equal(0, value);
    }

    [Theory]
    [InlineData(0, 4, true, "0")]
    [InlineData(0, 4, false, "0.0000")]
    [InlineData(12_500, 4, true, "1.25")]
    [InlineData(-12_500, 4, false, "-1.2500")]
    [InlineData(10_000, 4, true, "1")]
    [InlineData(5, 6, true, "0.000005")]
    [InlineData(7, 0, false, "7")]
    [InlineData(long.MinValue, 6, false, "-9223372036854.775808")]
    public void Number_IsWritten(long value, int places, bool trim, string expected) => Assert.Equal(expected, FixedPoint.Format(value, places, trim));
}
