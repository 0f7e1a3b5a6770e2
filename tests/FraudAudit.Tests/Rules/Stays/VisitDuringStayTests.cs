using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class VisitDuringStayTests
{
    private const string Rule = "MI10000203055000";

    [Theory]
    [InlineData(20261102, 1)]
    [InlineData(20261109, 1)]
    [InlineData(20261101, 0)] // the day of admission
    [InlineData(20261110, 0)] // of discharge
    public void PharmacyWithinAStay_ThePurchasesMoney(int day, int found)
    {
        var (stay, sale) = (Bill.Stay(20261101, 20261110), Bill.Visit(day, "41", provider: "P1", lines: [Bill.Line("X1", 12m, day)]));
        Assert.Equal(Enumerable.Repeat(1200L, found), Bill.Audit(Rule, sale, [stay]).Select(v => v.InScopeFen));
        // Settled in the other order: found at the stay.
        Assert.Equal(Enumerable.Repeat(1200L, found), Bill.Audit(Rule, stay, [sale]).Select(v => v.InScopeFen));
    }

    [Fact]
    public void PaidByThePersonAlone_Nothing()
    {
        var sale = Bill.Visit(20261105, "41", lines: [Bill.Line("X1", 12m, 20261105)]);
        sale.InScopeFen = 0;
        Assert.Empty(Bill.Audit(Rule, sale, [Bill.Stay(20261101, 20261110)]));
    }

    [Fact]
    public void AntenatalCheck_Nothing() => Assert.Empty(Bill.Audit(Rule, Bill.Visit(20261105, "51", lines: [Bill.Line("X1", 12m)]), [Bill.Stay(20261101, 20261110)]));
}
