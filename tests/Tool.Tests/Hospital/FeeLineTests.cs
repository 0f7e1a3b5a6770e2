using MedInsure.Kernel;
using MedInsure.Tool.Hospital;

namespace MedInsure.Tool.Tests.Hospital;

[Trait("Category", "Unit")]
public sealed class FeeLineTests
{
    private static readonly DateTime At = new(2026, 3, 2, 10, 0, 0);

    [Theory]
    [InlineData("0.5", "0.01", "0.01")]   // 0.005 rounds away from zero
    [InlineData("-0.5", "0.01", "-0.01")]
    [InlineData("1.375", "12.34", "16.97")] // 16.9675
    [InlineData("3", "2", "6.00")]
    public void Amount_IsQuantityTimesPriceHalfUp(string quantity, string price, string amount) =>
        Assert.Equal(amount, new FeeLine("1", "X", At, decimal.Parse(quantity), decimal.Parse(price), "").Amount.ToString());

    [Fact]
    public void Correction_TakesNoMoreThanTheLine()
    {
        var line = new FeeLine("A-1", "X", At, 3, 2.50m, "");
        for (var seed = 0; seed < 20; seed++)
        {
            var correction = new FeeSheet(null!, new Random(seed), "V").Correct(line, DateOnly.FromDateTime(At));
            Assert.True(correction.Quantity is -1 or -3);
            Assert.Equal("A-1", correction.Original);
            Assert.NotEqual(line.Number, correction.Number);
            Assert.True(line.Amount + correction.Amount >= Fen.Zero);
        }
    }
}
