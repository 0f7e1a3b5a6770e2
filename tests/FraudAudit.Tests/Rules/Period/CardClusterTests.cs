namespace MedInsure.FraudAudit.Tests.Rules.Period;

[Trait("Category", "Golden")]
public sealed class CardClusterTests
{
    private const string Rule = "MI10000203071000";

    [Fact]
    public void FiveCardsInTenMinutesForAboutTheSame_EachBill()
    {
        var found = MonthBills.Audit(Rule, [.. Enumerable.Range(0, 5).Select(i => MonthBills.Visit($"P{i}", 20261103, i * 2, 98 + i)), MonthBills.Visit("P9", 20261103, 60)]);
        Assert.Equal([9800, 9900, 10000, 10100, 10200], found.Select(v => v.InScopeFen));
        Assert.All(found, v => Assert.Equal(4, v.Earlier.Count));
    }

    [Fact]
    public void SomebodyElsesPurchaseBetweenThem_TheFive()
    {
        var found = MonthBills.Audit(Rule, [.. Enumerable.Range(0, 5).Select(i => MonthBills.Visit($"P{i}", 20261103, i * 2)), MonthBills.Visit("P9", 20261103, 3, 17)]);
        Assert.Equal(["P0", "P1", "P2", "P3", "P4"], found.Select(v => v.Claim.PsnNo));
    }

    [Fact]
    public void ARowLongerThanTenMinutes_AllOfIt() => Assert.Equal(8, MonthBills.Audit(Rule, Enumerable.Range(0, 8).Select(i => MonthBills.Visit($"P{i}", 20261103, i * 2))).Select(v => v.Claim.PsnNo).Distinct().Count());

    [Fact]
    public void FourCards_Nothing() => Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(0, 4).Select(i => MonthBills.Visit($"P{i}", 20261103, i))));

    [Fact]
    public void TheFifthAfterElevenMinutes_Nothing() => Assert.Empty(MonthBills.Audit(Rule, [.. Enumerable.Range(0, 4).Select(i => MonthBills.Visit($"P{i}", 20261103, i)), MonthBills.Visit("P5", 20261103, 11)]));

    [Fact]
    public void VeryDifferentAmounts_Nothing() => Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(0, 6).Select(i => MonthBills.Visit($"P{i}", 20261103, i, 20 + i * 30))));

    [Fact]
    public void OnePersonFiveTimes_Nothing() => Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(0, 5).Select(i => MonthBills.Visit("P1", 20261103, i))));

    [Fact]
    public void ABigHospitalsWindow_Nothing() => Assert.Empty(MonthBills.Audit(Rule, Enumerable.Range(0, 9).Select(i => MonthBills.Visit($"P{i}", 20261103, i, level: "3", medType: "11"))));
}
