using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class EmptyDaysTests
{
    private const string Rule = "MI10000203054000";

    private static AuditClaim Stay(int to, params int[] treated)
    {
        var stay = Bill.Stay(20261101, to);
        for (var day = 20261101; day < to; day++) stay.Line.Add(Bill.Line("BED", 20m, day, listType: "201", chargeType: "01"));
        foreach (var day in treated) stay.Line.Add(Bill.Line("X1", 50m, day));
        stay.InScopeFen = stay.Line.Sum(l => l.InScopeFen);
        return stay;
    }

    [Fact]
    public void ThreeOfSevenDaysWithABedAlone_TheStay()
    {
        var stay = Stay(20261108, 20261101, 20261102, 20261103, 20261107);
        Assert.Equal(stay.InScopeFen, Assert.Single(Bill.Audit(Rule, stay)).InScopeFen);
    }

    [Fact]
    public void TwoEmptyDays_Nothing() => Assert.Empty(Bill.Audit(Rule, Stay(20261105, 20261101, 20261102)));

    [Fact]
    public void ThreeOfNineEmptyDays_LessThanTheShare_Nothing() => Assert.Empty(Bill.Audit(Rule, Stay(20261110, 20261101, 20261102, 20261103, 20261104, 20261105, 20261106)));

    [Fact]
    public void DrugsHandedOutForDays_ServeThem()
    {
        var stay = Stay(20261108, 20261101, 20261102, 20261103);
        stay.Line[^1].SupplyDaysE2 = 500;
        Assert.Empty(Bill.Audit(Rule, stay));
    }

    [Fact]
    public void ADrugTakenBack_IsNoCare()
    {
        var stay = Stay(20261108, 20261101, 20261102, 20261103, 20261107);
        var back = stay.Line[^2].Clone();
        (back.FeedetlSn, back.OriginalFeedetlSn, back.QuantityE4, back.AmountFen, back.InScopeFen) = ("back", stay.Line[^2].FeedetlSn, -back.QuantityE4, -back.AmountFen, -back.InScopeFen);
        stay.Line.Add(back);
        Assert.Contains("4天无", Assert.Single(Bill.Audit(Rule, stay)).Text, StringComparison.Ordinal);
    }
}
