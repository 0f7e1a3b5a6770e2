using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class AfterDeathTests
{
    private const string Rule = "MI10000203061000";

    [Theory]
    [InlineData(20261101, 1)]
    [InlineData(20261102, 0)] // on the day itself
    [InlineData(0, 0)]
    public void FeesAfterTheDayOfDeath(int died, int found)
    {
        var visit = Bill.Visit(lines: [Bill.Line("X1", 12m), Bill.Line("X2", 5m, 20261101)]);
        visit.DiedOn = died;
        var violations = Bill.Audit(Rule, visit);
        Assert.Equal(found, violations.Count);
        if (found > 0) Assert.Equal((1200, "X1"), (violations[0].InScopeFen, Assert.Single(violations[0].Lines).MedListCode));
    }

    [Fact]
    public void Blocks_UnlessTheCountySaysOtherwise()
    {
        Assert.True(new RuleSet(RuleBook.LoadEmbedded(), [], []).TermsOf(Rule, 20261102, "during")!.Blocks);
        Assert.False(new RuleSet(RuleBook.LoadEmbedded(), [new RuleSetting(Rule, 20260101, true, null, false, new Dictionary<string, decimal>())], []).TermsOf(Rule, 20261102, "during")!.Blocks);
    }
}
