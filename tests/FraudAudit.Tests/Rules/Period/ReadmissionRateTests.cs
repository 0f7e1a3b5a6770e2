namespace MedInsure.FraudAudit.Tests.Rules.Period;

[Trait("Category", "Golden")]
public sealed class ReadmissionRateTests
{
    private const string Rule = "ZB10000205008000";

    [Theory]
    [InlineData(5, 1)] // 5 of 24 is above a fifth
    [InlineData(4, 0)] // 4 of 23
    public void AboveAFifth(int back, int found)
    {
        var bills = Enumerable.Range(0, 19).Select(i => MonthBills.Stay($"P{i}", 20261101, 20261105)).Concat(Enumerable.Range(0, back).Select(i => MonthBills.Stay($"P{i}", 20261115, 20261120)));
        Assert.Equal(Enumerable.Repeat(back * 100_000L, found), MonthBills.Audit(Rule, bills).Select(v => v.InScopeFen));
    }

    [Fact]
    public void AfterSixteenDays_IsNoReadmission() =>
        Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(0, 15).Select(i => MonthBills.Stay($"P{i}", 20261101, 20261105)).Concat(Enumerable.Range(0, 10).Select(i => MonthBills.Stay($"P{i}", 20261121, 20261125)))));

    [Fact]
    public void BackForChemotherapy_Nothing() =>
        Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(0, 20).SelectMany(i => new[] { 1, 15 }.Select(day => MonthBills.Stay($"P{i}", 20261100 + day, 20261101 + day) with { MainDiagnosis = "Z51.100" }))));
}
