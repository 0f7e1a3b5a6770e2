using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace MedInsure.Kernel.Tests.Money;

/// <summary>The one place that rounds, against arbitrary-precision arithmetic, products over the path of 64 bits, the path of 128 bits and the seam between them.</summary>
[Trait("Category", "Property")]
public sealed class HalfUpTests
{
    private const long Seam = long.MaxValue / 4;

    [Fact]
    public void Quotient_IsTheNearestAndHalvesGoAwayFromZero()
    {
        var any = ArbMap.Default.GeneratorFor<long>();
        var numerators = Gen.OneOf<Int128>(
            any.Select(v => (Int128)v),
            Gen.Choose(-1000, 1000).Select(v => (Int128)v),
            Gen.Choose(-3, 3).Select(d => (Int128)Seam + d),
            Gen.Choose(-3, 3).Select(d => -(Int128)Seam + d),
            any.Zip(any).Select(p => (Int128)p.Item1 * p.Item2));
        var denominators = Gen.OneOf(Gen.Choose(1, 30).Select(v => (long)v), Gen.Elements(10_000L, 100_000_000L, long.MaxValue, long.MaxValue - 1));
        var cases = numerators.Zip(denominators);
        Check.One(Config(5_000), Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (numerator, denominator) = c;
            // Twice the distance: |2n| + d over 2d, cut, with the sign of n.
            var expected = ((BigInteger)numerator).Sign * ((2 * BigInteger.Abs((BigInteger)numerator) + denominator) / (2 * (BigInteger)denominator));
            if (expected > long.MaxValue || expected < long.MinValue)
            {
                Assert.Throws<OverflowException>(() => HalfUp.Divide(numerator, denominator));
                return true;
            }
            return HalfUp.Divide(numerator, denominator) == (long)expected;
        }));
    }

    /// <summary>The product's short path ends where a factor leaves 32 bits.</summary>
    [Fact]
    public void Product_IsDividedAsTheQuotientOfItsWidth()
    {
        var factors = Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>(), Gen.Choose(-1000, 1000).Select(v => (long)v), Gen.Choose(-3, 3).Select(d => (1L << 31) + d), Gen.Choose(-3, 3).Select(d => -(1L << 31) + d),
            Gen.Choose(0, 62).Select(power => 1L << power), Gen.Elements(long.MinValue, long.MinValue + 1, long.MaxValue));
        var denominators = Gen.OneOf(Gen.Choose(1, 30).Select(v => (long)v), Gen.Elements(10_000L, 100_000_000L, (1L << 62) - 1, 1L << 62));
        Check.One(Config(10_000), Prop.ForAll(factors.Zip(factors).Zip(denominators).ToArbitrary(), c =>
        {
            var ((a, b), denominator) = c;
            var product = (Int128)a * b;
            try
            {
                return HalfUp.DivideProduct(a, b, denominator) == HalfUp.Divide(product, denominator);
            }
            catch (OverflowException)
            {
                Assert.Throws<OverflowException>(() => HalfUp.Divide(product, denominator));
                return true;
            }
        }));
    }

    [Theory]
    [InlineData(5, 10, 1)]
    [InlineData(-5, 10, -1)]
    [InlineData(4, 10, 0)]
    [InlineData(15, 10, 2)]
    [InlineData(-25, 10, -3)]
    [InlineData(1, 3, 0)]
    [InlineData(2, 3, 1)]
    [InlineData(0, 7, 0)]
    public void Halves_GoAwayFromZero(long numerator, long denominator, long expected) => Assert.Equal(expected, HalfUp.Divide(numerator, denominator));

    [Fact]
    public void QuotientBeyondALong_Throws()
    {
        Assert.Throws<OverflowException>(() => HalfUp.Divide((Int128)long.MaxValue + 1, 1));
        Assert.Throws<OverflowException>(() => HalfUp.Divide(Int128.MinValue, 1));
        Assert.Equal(long.MinValue, HalfUp.Divide(long.MinValue, 1));
    }

    private static Config Config(int tests) => FsCheck.Config.QuickThrowOnFailure.WithMaxTest(tests);
}
