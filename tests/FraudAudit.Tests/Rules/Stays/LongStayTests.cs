using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class LongStayTests
{
    private const string Rule = "MI10000203059000";

    private static AuditClaim Stay(int to, decimal amount, string diagnosis = "M54.5")
    {
        var stay = Bill.Stay(20260801, to, lines: [Bill.Line("X1", amount, 20260801)]);
        stay.Diagnosis.Add(Bill.Diagnosis(diagnosis));
        return stay;
    }

    [Theory]
    [InlineData(20261001, 4880, 1)] // 61 days at 80.00
    [InlineData(20261001, 4880.01, 0)]
    [InlineData(20260930, 100, 0)] // 60 days
    public void LongAndNearlyWithoutCost(int to, decimal amount, int found) => Assert.Equal(found, Bill.Audit(Rule, Stay(to, amount)).Count);

    [Fact]
    public void PsychiatricWard_Nothing() => Assert.Empty(Bill.Audit(Rule, Stay(20261101, 1000, "F20.900")));
}
