namespace MedInsure.Kernel.Tests.Money;

/// <summary>Quantity × price = amount: national-interface.md, identity I6 and its samples.</summary>
[Trait("Category", "Unit")]
public sealed class QuantityTests
{
    [Theory]
    [InlineData("1", "4.52", "4.52")]
    [InlineData("3", "2", "6.00")]
    [InlineData("0.05", "4.52", "0.23")]        // 0.226
    [InlineData("-0.05", "4.52", "-0.23")]      // a correction rounds as its original did
    [InlineData("0.5", "0.01", "0.01")]         // half a fen
    [InlineData("-0.5", "0.01", "-0.01")]
    [InlineData("0.4999", "0.01", "0.00")]
    [InlineData("0.0001", "0.000001", "0.00")]
    [InlineData("3.3333", "0.333333", "1.11")]  // 1.11109...
    [InlineData("60", "9999.99", "599999.40")]
    [InlineData("1000000", "1000000", "1000000000000.00")] // wider than 64 bits on the way
    public void Amount_IsRoundedOnceToTheFen(string quantity, string price, string amount)
    {
        Assert.True(Quantity.TryParse(quantity, out var q));
        Assert.True(UnitPrice.TryParse(price, out var p));
        Assert.Equal(amount, p.TimesHalfUp(q).ToString());
    }

    [Fact]
    public void AmountBeyondALong_Throws() => Assert.Throws<OverflowException>(() => new UnitPrice(long.MaxValue).TimesHalfUp(new Quantity(long.MaxValue)));

    [Fact]
    public void Precision_IsFourAndSixDecimals()
    {
        Assert.True(Quantity.TryParse("1.2345", out var quantity));
        Assert.Equal((12_345, "1.2345"), (quantity.TenThousandths, quantity.ToString()));
        Assert.False(Quantity.TryParse("1.23456", out _));
        Assert.True(UnitPrice.TryParse("0.000001", out var price));
        Assert.Equal((1, "0.000001"), (price.MicroYuan, price.ToString()));
        Assert.False(UnitPrice.TryParse("0.0000001", out _));
        Assert.Equal("2", new Quantity(20_000).ToString());
    }

    [Fact]
    public void Prices_AreOrderedAndSubtracted()
    {
        var (low, high) = (new UnitPrice(1), new UnitPrice(3));
        Assert.True(low < high && high > low && low <= high && high >= low && low.CompareTo(high) < 0);
        Assert.Equal(new UnitPrice(2), high - low);
        Assert.Throws<OverflowException>(() => new UnitPrice(long.MinValue) - low);
    }
}
