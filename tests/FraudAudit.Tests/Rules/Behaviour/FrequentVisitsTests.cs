using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class FrequentVisitsTests
{
    private const string Rule = "MI10000203066000";

    private static AuditClaim[] Visits(int count, string medType = "11", int on = 20261020) => [.. Enumerable.Range(0, count).Select(_ => Bill.Visit(on, medType, lines: [Bill.Line("X1", 20m, on)]))];

    [Theory]
    [InlineData(15, 1)] // the sixteenth
    [InlineData(14, 0)]
    public void MoreThanFifteenInThirtyDays(int before, int found) => Assert.Equal(Enumerable.Repeat(2000L, found), Bill.Audit(Rule, Visits(1, on: 20261102)[0], Visits(before)).Select(v => v.InScopeFen));

    [Theory]
    [InlineData(20261004, 1)] // 29 days before
    [InlineData(20261003, 0)] // 30 days before
    public void TheWindowsEdge(int day, int found) => Assert.Equal(found, Bill.Audit(Rule, Visits(1, on: 20261102)[0], Visits(15, on: day)).Count);

    [Fact]
    public void DialysisThreeTimesAWeek_Nothing() => Assert.Empty(Bill.Audit(Rule, Visits(1, "140201", 20261102)[0], Visits(40, "140201")));

    [Fact]
    public void DialysisBesideOrdinaryVisits_IsNotCounted() => Assert.Empty(Bill.Audit(Rule, Visits(1, on: 20261102)[0], [.. Visits(40, "140201"), .. Visits(14)]));
}
