using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class ManyProvidersInADayTests
{
    private const string Rule = "MI10000203065000";

    private static AuditClaim Visit(string provider, int on = 20261102) => Bill.Visit(on, provider: provider, lines: [Bill.Line("X1", 20m, on)]);

    [Fact]
    public void TheFourth_ItsMoney()
    {
        var found = Assert.Single(Bill.Audit(Rule, Visit("H4"), [Visit("H1"), Visit("H2"), Visit("H3")]));
        Assert.Equal((2000, 3), (found.InScopeFen, found.Earlier.Count));
    }

    [Fact]
    public void TheThird_Nothing() => Assert.Empty(Bill.Audit(Rule, Visit("H3"), [Visit("H1"), Visit("H2"), Visit("H2"), Visit("H3")]));

    [Fact]
    public void OnOtherDays_Nothing() => Assert.Empty(Bill.Audit(Rule, Visit("H4"), [Visit("H1"), Visit("H2"), Visit("H3", 20261101)]));
}
