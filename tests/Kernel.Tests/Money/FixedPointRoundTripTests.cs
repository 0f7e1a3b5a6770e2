using FsCheck;
using FsCheck.Fluent;

namespace MedInsure.Kernel.Tests.Money;

[Trait("Category", "Property")]
public sealed class FixedPointRoundTripTests
{
    [Fact]
    public void WhatIsWritten_IsReadBack()
    {
        var values = Gen.OneOf(ArbMap.Default.GeneratorFor<long>(), Gen.Choose(-20_000, 20_000).Select(v => (long)v), Gen.Elements(long.MinValue, long.MaxValue, 0L));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000), Prop.ForAll(values.Zip(Gen.Choose(0, 6)).ToArbitrary(), c =>
            new[] { false, true }.All(trim => FixedPoint.TryParse(FixedPoint.Format(c.Item1, c.Item2, trim), c.Item2, out var back) && back == c.Item1)));
    }

    /// <summary>Reading agrees with the framework's decimal wherever that can say it.</summary>
    [Fact]
    public void Reading_AgreesWithDecimal()
    {
        var texts = Gen.Elements('0', '1', '5', '9', '.', '-', '+', 'e', ' ').ArrayOf(7).Select(c => new string(c).Trim());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var wellFormed = System.Text.RegularExpressions.Regex.IsMatch(text, @"^[+-]?[0-9]+(\.[0-9]+)?$");
            var cents = wellFormed ? decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture) * 100 : 0;
            var expected = wellFormed && cents == decimal.Truncate(cents);
            return FixedPoint.TryParse(text, 2, out var value) == expected && (!expected || value == (long)cents);
        }));
    }
}
