using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class DistantVisitsTests
{
    private const string Rule = "MI10000203064000";

    private static AuditClaim Visit(int minute, string county, string provider)
    {
        var visit = Bill.Visit(provider: provider, lines: [Bill.Line("X1", 20m)]);
        (visit.BeginAtMs, visit.ProviderCounty) = (Bill.MsOf(20261102, 9, minute), county);
        return visit;
    }

    [Theory]
    [InlineData(30, "640302", 1)]
    [InlineData(31, "640302", 0)]
    [InlineData(1, "640301", 0)]
    public void InTwoCountiesWithinMinutes(int minute, string county, int found) =>
        Assert.Equal(Enumerable.Repeat(2000L, found), Bill.Audit(Rule, Visit(minute, county, "H2"), [Visit(0, "640301", "H1")]).Select(v => v.InScopeFen));

    [Fact]
    public void AStayElsewhere_IsAnotherRules() => Assert.Empty(Bill.Audit(Rule, Visit(1, "640302", "H2"), [Bill.Stay(20261102, 20261105)]));
}
