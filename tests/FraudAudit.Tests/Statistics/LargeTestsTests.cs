using MedInsure.FraudAudit.Statistics;

namespace MedInsure.FraudAudit.Tests.Statistics;

[Trait("Category", "Unit")]
public sealed class LargeTestsTests
{
    private static LargeTest Test(string line, int on, string item = "CT1", string encounter = "M1", string provider = "H1") => new("CT", provider, "K1", "D1", encounter, item, line, on);
    private static ToldResult Result(int on, bool positive, string line = "", string item = "CT1", string encounter = "M1", string provider = "H1") => new(provider, encounter, item, line, on, positive, $"R{on % 100}");

    private static string Said(IReadOnlyList<LargeTest> tests, params ToldResult[] results) => string.Join(' ', LargeTests.With(tests, results, 7).Select(t => t.Positive is { } p ? p ? "+" : "-" : "?"));

    [Fact]
    public void AResult_GoesToTheLineItNames_ElseToTheNearest()
    {
        LargeTest[] stay = [Test("1", 20261001), Test("2", 20261005), Test("3", 20261020)];
        Assert.Equal("? + ?", Said(stay, Result(20261006, true)));
        Assert.Equal("? ? +", Said(stay, Result(20261006, true, line: "3")));
        Assert.Equal("- + ?", Said(stay, Result(20261005, true), Result(20261001, false)));
        Assert.Equal("? ? ?", Said(stay, Result(20261006, true, line: "9")));
    }

    [Fact]
    public void TwoOfADay_HaveAResultEach_AndALineWithSeveralIsPositiveIfAnyIs()
    {
        Assert.Equal("- +", Said([Test("1", 20261001), Test("2", 20261001)], Result(20261001, true), Result(20261001, false)));
        Assert.Equal("+", Said([Test("1", 20261001)], Result(20261001, true), Result(20261002, false)));
        Assert.Equal("-", Said([Test("1", 20261001)], Result(20261001, false), Result(20261002, false)));
    }

    [Theory]
    [InlineData(20261008, "CT1", "M1", "H1", "+")]
    [InlineData(20261009, "CT1", "M1", "H1", "?")]
    [InlineData(20260924, "CT1", "M1", "H1", "+")]
    [InlineData(20261001, "CT2", "M1", "H1", "?")]
    [InlineData(20261001, "CT1", "M2", "H1", "?")]
    [InlineData(20261001, "CT1", "M1", "H2", "?")]
    public void AnotherItemEncounterProvider_OrTooFarApart_IsNone(int on, string item, string encounter, string provider, string said) =>
        Assert.Equal(said, Said([Test("1", 20261001)], Result(on, true, "", item, encounter, provider)));
}
