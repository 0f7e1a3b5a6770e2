using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class BilledTwiceTests
{
    private const string Rule = "MI10000203067000";

    private static AuditClaim Again(AuditClaim first, string provider = "H1")
    {
        var again = Bill.Visit(first.BeginOn, provider: provider, lines: [.. first.Line.Reverse().Select(l => { var copy = l.Clone(); copy.FeedetlSn += "x"; return copy; })]);
        return again;
    }

    private static AuditClaim First() => Bill.Visit(lines: [Bill.Line("X1", 12m), Bill.Line("X2", 5m)]);

    [Fact]
    public void TheSameLinesUnderOtherNumbers_AllItsMoney()
    {
        var first = First();
        var found = Assert.Single(Bill.Audit(Rule, Again(first), [first]));
        Assert.Equal((1700, 2, first.MdtrtId), (found.InScopeFen, found.Lines.Count, found.Subject));
    }

    [Fact]
    public void AnotherMinute_Nothing()
    {
        var first = First();
        var again = Again(first);
        again.Line[0].OccurredAtMs += 60_000;
        Assert.Empty(Bill.Audit(Rule, again, [first]));
    }

    [Fact]
    public void AnotherHospital_OnlyWhereOneIsOnPaper()
    {
        var first = First();
        Assert.Empty(Bill.Audit(Rule, Again(first, "H2"), [first]));
        first.Paper = true;
        Assert.Single(Bill.Audit(Rule, Again(first, "H2"), [first]));
    }

    [Fact]
    public void OneLineAlone_Nothing()
    {
        var first = Bill.Visit(lines: [Bill.Line("X1", 12m)]);
        Assert.Empty(Bill.Audit(Rule, Again(first), [first]));
    }

    [Fact]
    public void OneMoreOfADrug_Nothing()
    {
        var first = First();
        var again = Again(first);
        again.Line[0].QuantityE4 += 10_000;
        Assert.Empty(Bill.Audit(Rule, again, [first]));
    }
}
