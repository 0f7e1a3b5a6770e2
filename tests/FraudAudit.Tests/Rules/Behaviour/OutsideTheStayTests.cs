using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class OutsideTheStayTests
{
    private const string Rule = "MI10000203068000";

    [Theory]
    [InlineData(20261111, 1)] // the day after discharge
    [InlineData(20261110, 0)]
    [InlineData(20261029, 0)] // three days before admission
    [InlineData(20261028, 1)]
    public void LinesOutsideTheStay(int day, int found)
    {
        var violations = Bill.Audit(Rule, Bill.Stay(20261101, 20261110, lines: [Bill.Line("X1", 12m, day), Bill.Line("X2", 5m, 20261105)]));
        Assert.Equal(Enumerable.Repeat(1200L, found), violations.Select(v => v.InScopeFen));
    }

    [Fact]
    public void OfAVisit_Nothing() => Assert.Empty(Bill.Audit(Rule, Bill.Visit(20261101, lines: [Bill.Line("X1", 12m, 20261111)])));

    [Fact]
    public void OfAnInterimBill_Nothing()
    {
        var bill = Bill.Stay(20261101, 20261110, lines: [Bill.Line("X1", 12m, 20261111)]);
        bill.Interim = true;
        Assert.Empty(Bill.Audit(Rule, bill));
    }
}
