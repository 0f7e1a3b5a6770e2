using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class OneDayStayTests
{
    private const string Rule = "MI10000203057000";

    private static AuditClaim Stay(int to, decimal amount) => Bill.Stay(20261101, to, lines: [Bill.Line("X1", amount, 20261101)]);

    [Theory]
    [InlineData(20261102, 1500, 1)]
    [InlineData(20261102, 1500.01, 0)]
    [InlineData(20261103, 900, 0)]
    [InlineData(20261101, 900, 1)]
    public void WithinADay_AndCheap(int to, decimal amount, int found) => Assert.Equal(found, Bill.Audit(Rule, Stay(to, amount)).Count);

    [Theory]
    [InlineData("2")]
    [InlineData("5")]
    public void TransferredOrDead_Nothing(string way)
    {
        var stay = Stay(20261102, 500);
        stay.DischargeWay = way;
        Assert.Empty(Bill.Audit(Rule, stay));
    }

    [Fact]
    public void SameDaySurgery_Nothing()
    {
        var stay = Stay(20261101, 900);
        stay.MedType = "28";
        Assert.Empty(Bill.Audit(Rule, stay));
    }
}
