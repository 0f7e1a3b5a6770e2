namespace MedInsure.Kernel.Tests.Money;

[Trait("Category", "Unit")]
public sealed class FenTests
{
    [Theory]
    [InlineData(100, 7000, 70)]
    [InlineData(1, 5000, 1)]   // half a fen goes up
    [InlineData(-1, 5000, -1)] // and away from zero below it
    [InlineData(3, 5000, 2)]
    [InlineData(-3, 5000, -2)]
    [InlineData(1, 4999, 0)]
    [InlineData(-1, 4999, 0)]
    [InlineData(452, 500, 23)] // 4.52 at 5 %: 0.226 → 0.23
    [InlineData(1_202_848, 8400, 1_010_392)] // national-interface.md I8: 12028.48 × 0.84 = 10103.92
    [InlineData(long.MaxValue, 10_000, long.MaxValue)]
    [InlineData(long.MinValue, 10_000, long.MinValue)]
    [InlineData(0, 7000, 0)]
    public void Share_IsRoundedHalfAwayFromZero(long fen, int bp, long expected) => Assert.Equal(new Fen(expected), new Fen(fen).ShareHalfUp(new BasisPoints(bp)));

    [Fact]
    public void Overflow_Throws()
    {
        var most = new Fen(long.MaxValue);
        Assert.Throws<OverflowException>(() => most + new Fen(1));
        Assert.Throws<OverflowException>(() => new Fen(long.MinValue) - new Fen(1));
        Assert.Throws<OverflowException>(() => -new Fen(long.MinValue));
        Assert.Throws<OverflowException>(() => most.Times(2));
        Assert.Throws<OverflowException>(() => most.ShareHalfUp(new BasisPoints(10_001)));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("12.3", 1230)]
    [InlineData("-12.30", -1230)]
    [InlineData("+0.01", 1)]
    [InlineData("92233720368547758.07", long.MaxValue)]
    [InlineData("1.2300", 123)]
    public void Yuan_AreRead(string text, long fen)
    {
        Assert.True(Fen.TryParseYuan(text, out var read));
        Assert.Equal(new Fen(fen), read);
    }

    [Theory]
    [InlineData("0.001")]
    [InlineData("1e3")]
    [InlineData("")]
    [InlineData("92233720368547758.08")]
    public void OtherText_IsNoYuan(string text)
    {
        Assert.False(Fen.TryParseYuan(text, out var read));
        Assert.Equal(Fen.Zero, read);
    }

    [Fact]
    public void MoreThanTwoDecimals_AreRefusedNotRounded()
    {
        Assert.Equal(new Fen(1230), Fen.FromYuan(12.30m));
        Assert.Equal(new Fen(-1), Fen.FromYuan(-0.01m));
        Assert.Throws<FormatException>(() => Fen.FromYuan(0.005m));
        Assert.Throws<OverflowException>(() => Fen.FromYuan(1_000_000_000_000_000_000m));
    }

    [Theory]
    [InlineData(0, "0.00")]
    [InlineData(5, "0.05")]
    [InlineData(-1230, "-12.30")]
    [InlineData(long.MinValue, "-92233720368547758.08")]
    public void Text_HasTwoDecimals(long fen, string text)
    {
        Assert.Equal(text, new Fen(fen).ToString());
        Assert.Equal(fen / 100m, new Fen(fen).ToYuan());
    }

    [Theory]
    [InlineData(10, 3, new long[] { 4, 3, 3 })]
    [InlineData(-10, 3, new long[] { -4, -3, -3 })]
    [InlineData(2, 4, new long[] { 2, 0, 0, 0 })]
    [InlineData(7, 1, new long[] { 7 })]
    public void Split_FirstBearsTheRemainder(long fen, int parts, long[] expected) => Assert.Equal(expected, new Fen(fen).SplitFirstBearsRemainder(parts).Select(p => p.Value));

    [Fact]
    public void SplitIntoNothing_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new Fen(1).SplitFirstBearsRemainder(0));

    [Fact]
    public void Order_IsThatOfTheAmounts()
    {
        var (less, more) = (new Fen(-1), new Fen(1));
        Assert.True(less < more && more > less && less <= more && more >= less && less.IsNegative && !more.IsNegative && Fen.Zero.IsZero);
        Assert.Equal(less, Fen.Min(less, more));
        Assert.Equal(more, Fen.Max(less, more));
        Assert.Equal([less, Fen.Zero, more], new[] { more, less, Fen.Zero }.Order());
    }
}
