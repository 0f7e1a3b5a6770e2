using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class LowAdmissionTests
{
    private const string Rule = "MI10000203056000";

    private static AuditClaim Stay(int to, decimal exam, decimal drug) =>
        Bill.Stay(20261101, to, lines: [Bill.Line("CT", exam, 20261101, listType: "201", chargeType: "03"), Bill.Line("X1", drug, 20261102)]);

    [Theory]
    [InlineData(20261104, 700, 300, 1)] // three days, 70 %
    [InlineData(20261104, 699, 301, 0)]
    [InlineData(20261105, 900, 100, 0)]
    public void ShortAndMostlyTests(int to, decimal exam, decimal drug, int found) =>
        Assert.Equal(Enumerable.Repeat(100_000L, found), Bill.Audit(Rule, Stay(to, exam, drug)).Select(v => v.InScopeFen));

    [Fact]
    public void WithAnOperation_Nothing()
    {
        var stay = Stay(20261103, 900, 100);
        stay.OperationCode.Add("47.0100");
        Assert.Empty(Bill.Audit(Rule, stay));
    }

    [Fact]
    public void DaySurgery_Nothing()
    {
        var stay = Stay(20261102, 900, 100);
        stay.MedType = "28";
        Assert.Empty(Bill.Audit(Rule, stay));
    }

    [Fact]
    public void AnOperationAmongTheLines_Nothing()
    {
        var stay = Stay(20261103, 900, 100);
        stay.Line.Add(Bill.Line("OP", 100m, 20261102, listType: "201", chargeType: "06"));
        Assert.Empty(Bill.Audit(Rule, stay));
    }
}
