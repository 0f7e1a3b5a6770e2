namespace MedInsure.Kernel.Tests.Money;

[Trait("Category", "Unit")]
public sealed class BasisPointsTests
{
    [Theory]
    [InlineData("0.125", 1250)]
    [InlineData("1", 10_000)]
    [InlineData("0.0001", 1)]
    [InlineData("-0.5", -5000)]
    public void Fraction_IsRead(string text, int bp)
    {
        Assert.True(BasisPoints.TryParseFraction(text, out var ratio));
        Assert.Equal(new BasisPoints(bp), ratio);
    }

    [Theory]
    [InlineData("0.00001")]
    [InlineData("12 %")]
    [InlineData("214748.3648")] // one more than an int holds
    public void OtherText_IsNoFraction(string text) => Assert.False(BasisPoints.TryParseFraction(text, out _));

    [Fact]
    public void Text_HasFourDecimals() => Assert.Equal(("0.1250", "1.0000"), (new BasisPoints(1250).ToString(), BasisPoints.Full.ToString()));

    [Fact]
    public void Order_IsThatOfTheRatios() =>
        Assert.True(BasisPoints.Zero < BasisPoints.Full && BasisPoints.Full > BasisPoints.Zero && BasisPoints.Zero <= BasisPoints.Full && BasisPoints.Full >= BasisPoints.Zero && BasisPoints.Zero.CompareTo(BasisPoints.Full) < 0);
}
