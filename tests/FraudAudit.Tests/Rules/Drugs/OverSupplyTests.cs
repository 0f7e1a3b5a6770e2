namespace MedInsure.FraudAudit.Tests.Rules.Drugs;

[Trait("Category", "Golden")]
public sealed class OverSupplyTests
{
    private const string Rule = "MI10000202051000";

    [Theory]
    [InlineData("11", 7, 0)]
    [InlineData("11", 8, 1)]
    [InlineData("140104", 30, 0)]
    [InlineData("140104", 31, 1)]
    [InlineData("41", 8, 1)]
    public void DaysOfAPrescription_ByKindOfCare(string medType, int days, int count) => Assert.Equal(count, Bill.Audit(Rule, Bill.Visit(medType: medType, lines: [Bill.Line("X1", days)]), stage: "before").Count);

    [Theory]
    [InlineData(30, true, 0)]
    [InlineData(31, true, 1)]
    [InlineData(60, false, 0)] // used in the ward
    public void TakenHomeAtDischarge(int days, bool takeHome, int count)
    {
        var line = Bill.Line("X1", days);
        line.TakeHome = takeHome;
        Assert.Equal(count, Bill.Audit(Rule, Bill.Stay(20261025, 20261102, lines: [line])).Count);
    }

    [Fact]
    public void Money_OfTheDaysTooMany() => Assert.Equal(500, Assert.Single(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X1", 14, amount: 10m)]))).InScopeFen);

    [Fact]
    public void NotADrug_OrNoDaysSaid_Nothing()
    {
        var service = Bill.Line("F1", 20);
        service.ListType = "201";
        Assert.Empty(Bill.Audit(Rule, Bill.Visit(lines: [service, Bill.Line("X1", 10m)])));
    }
}
