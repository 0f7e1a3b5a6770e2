using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class OverlappingStayTests
{
    private const string Rule = "MI10000203053000";

    [Theory]
    [InlineData(20261009, 1)]
    [InlineData(20261010, 0)] // moved on the day of discharge
    public void AdmittedWhileInAnotherBed(int from, int found)
    {
        var violations = Bill.Audit(Rule, Bill.Stay(from, 20261015, provider: "H2", lines: [Bill.Line("X1", 300m, from)]), [Bill.Stay(20261001, 20261010)]);
        Assert.Equal(found, violations.Count);
        if (found > 0) Assert.Equal(30_000, violations[0].InScopeFen);
    }

    [Fact]
    public void DaySurgeryElsewhereWithinAStay_Found() => Assert.Equal(30_000, Assert.Single(Bill.Audit(Rule, Bill.Stay(20261005, 20261005, provider: "H2", lines: [Bill.Line("X1", 300m, 20261005)]), [Bill.Stay(20261001, 20261010)])).InScopeFen);

    [Theory]
    [InlineData(20261001)]
    [InlineData(20261010)]
    public void DaySurgeryOnTheDayOfAdmissionOrDischarge_Nothing(int day) => Assert.Empty(Bill.Audit(Rule, Bill.Stay(day, day, provider: "H2"), [Bill.Stay(20261001, 20261010)]));

    [Fact]
    public void InterimBillsOfOneStay_Nothing()
    {
        var (first, second) = (Bill.Stay(20261001, 20261010), Bill.Stay(20261001, 20261020));
        second.MdtrtId = first.MdtrtId;
        Assert.Empty(Bill.Audit(Rule, second, [first]));
    }

    [Fact]
    public void AVisitIsNoStay_Nothing() => Assert.Empty(Bill.Audit(Rule, Bill.Stay(20261001, 20261010), [Bill.Visit(20261005)]));
}
