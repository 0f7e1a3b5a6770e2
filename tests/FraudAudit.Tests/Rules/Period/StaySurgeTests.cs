namespace MedInsure.FraudAudit.Tests.Rules.Period;

[Trait("Category", "Golden")]
public sealed class StaySurgeTests
{
    private const string Rule = "MI10000205052000";

    // 29 other days with two admissions each: the usual is 2.
    private static IEnumerable<MedInsure.FraudAudit.Rules.BillSummary> Usual() =>
        Enumerable.Range(1, 30).Where(d => d != 10).SelectMany(d => new[] { MonthBills.Stay($"A{d}", 20261100 + d, 20261130), MonthBills.Stay($"B{d}", 20261100 + d, 20261130) });

    [Theory]
    [InlineData(11, 1)]
    [InlineData(10, 0)] // five times the usual, not above
    public void FarMoreThanUsual(int admitted, int found) =>
        Assert.Equal(Enumerable.Repeat(admitted * 100_000L, found), MonthBills.Audit(Rule, Usual().Concat(Enumerable.Range(0, admitted).Select(i => MonthBills.Stay($"C{i}", 20261110, 20261115)))).Select(v => v.InScopeFen));

    [Fact]
    public void ASmallHospitalsNine_Nothing() => Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(0, 9).Select(i => MonthBills.Stay($"C{i}", 20261110, 20261115))));
}
