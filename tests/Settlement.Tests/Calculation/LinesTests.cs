using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Tests.Calculation;

[Trait("Category", "Unit")]
public sealed class LinesTests
{
    private static ClaimLine Line(string code, string count, string price, LineTerms terms) =>
        Quantity.TryParse(count, out var quantity) && UnitPrice.TryParse(price, out var unit)
            ? new ClaimLine(code, new DateOnly(2026, 6, 1), quantity, unit, terms) : throw new FormatException();

    private static readonly LineTerms Covered = new(LineClass.Covered, new BasisPoints(1_000), null, true, SelfPaidReason.None);
    private static readonly LineTerms FirstPay = new(LineClass.CoveredWithFirstPay, new BasisPoints(1_000), null, false, SelfPaidReason.None);

    [Fact]
    public void CoveredLine_HasNoFirstPaymentWhateverItsRatio() =>
        Assert.Equal(new LineShare(new Fen(1_000), Fen.Zero, Fen.Zero, Fen.Zero, new Fen(1_000)), Lines.Split(Line("A", "1", "10", Covered)));

    [Theory]
    [InlineData(SelfPaidReason.ClassC)]
    [InlineData(SelfPaidReason.NotInCatalog)]
    [InlineData(SelfPaidReason.NotValidOnDate)]
    [InlineData(SelfPaidReason.LevelTooLow)]
    [InlineData(SelfPaidReason.FirstPayIsWhole)]
    [InlineData(SelfPaidReason.LimitedUseNotApproved)]
    public void SelfPaidLine_IsWhollySelfPaidWhateverTheReason(SelfPaidReason reason) =>
        Assert.Equal(new LineShare(new Fen(1_235), new Fen(1_235), Fen.Zero, Fen.Zero, Fen.Zero), Lines.Split(Line("A", "1", "12.345", LineTerms.WhollySelfPaid(reason))));

    [Fact]
    public void CeilingComesBeforeFirstPayment()
    {
        // 2.5 x 10.00 = 25.00; above 8.00: 2.5 x 2.00 = 5.00; (25.00 - 5.00) x 10 % = 2.00
        var capped = FirstPay with { Ceiling = new UnitPrice(8_000_000) };
        Assert.Equal(new LineShare(new Fen(2_500), Fen.Zero, new Fen(500), new Fen(200), new Fen(1_800)), Lines.Split(Line("A", "2.5", "10", capped)));
    }

    [Fact]
    public void Correction_IsTheExactNegative()
    {
        var line = Line("A", "3", "10.005", FirstPay with { Ceiling = new UnitPrice(9_990_000) });
        var (a, b) = (Lines.Split(line), Lines.Split(line with { Quantity = new Quantity(-30_000) }));
        Assert.Equal((-a.Amount, -a.OverLimit, -a.FirstPay, -a.InScope), (b.Amount, b.OverLimit, b.FirstPay, b.InScope));
    }

    [Fact]
    public void Sum_KeepsThePoolApart()
    {
        var sum = Lines.Sum([Line("A", "1", "10", Covered), Line("B", "1", "20", FirstPay), Line("C", "1", "5", LineTerms.WhollySelfPaid(SelfPaidReason.ClassC))]);
        Assert.Equal(new FeeTotals(new Fen(3_500), new Fen(500), Fen.Zero, new Fen(200), new Fen(2_800), new Fen(1_000)), sum);
    }

    [Fact]
    public void NegativeCode_IsFoundByItsAmount()
    {
        Assert.Null(Lines.FindNegativeCode([Line("A", "2", "10", Covered), Line("A", "-2", "10", Covered)]));
        Assert.Equal("A", Lines.FindNegativeCode([Line("B", "5", "10", Covered), Line("A", "2", "10", Covered), Line("A", "-3", "10", Covered)]));
    }

    [Fact]
    public void NegativeCode_IsFoundByAPartThatRoundingLeavesBelowZero()
    {
        // 0.05 at 10 %: 0.005 -> 0.01 first pay, 0.04 in scope; taken back as 0.02 and 0.03 with 0.002 and 0.003 -> nothing: in scope 0.04 - 0.05
        Assert.Equal("A", Lines.FindNegativeCode([Line("A", "1", "0.05", FirstPay), Line("A", "-0.4", "0.05", FirstPay), Line("A", "-0.6", "0.05", FirstPay)]));
    }
}
