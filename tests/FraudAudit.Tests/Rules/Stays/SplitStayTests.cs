using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class SplitStayTests
{
    private const string Rule = "MI10000203051000";

    private static AuditClaim Stay(int from, int to, string diagnosis, string provider = "H1", string way = "1")
    {
        var stay = Bill.Stay(from, to, provider: provider, lines: [Bill.Line("X1", 800m, from)]);
        stay.Diagnosis.Add(Bill.Diagnosis(diagnosis));
        stay.DischargeWay = way;
        return stay;
    }

    private static IReadOnlyList<Violation> Audit(AuditClaim claim, params AuditClaim[] earlier) => Bill.Audit(Rule, claim, earlier);

    [Theory]
    [InlineData(20261116, true)] // 15 days after 2026-11-01: the limit is included.
    [InlineData(20261117, false)]
    [InlineData(20261101, true)] // on the day of discharge
    public void BackWithACloseDiagnosis_WithinFifteenDays(int back, bool found)
    {
        var before = Stay(20261025, 20261101, "J18.900");
        var violations = Audit(Stay(back, 20261125, "J18.001"), before);
        Assert.Equal(found ? [80_000L] : [], violations.Select(v => v.InScopeFen));
        if (found) Assert.Equal((before.MdtrtId, before.SetlId), (violations[0].Subject, Assert.Single(violations[0].Earlier).SetlId));
    }

    [Fact]
    public void AnotherDisease_Nothing() => Assert.Empty(Audit(Stay(20261105, 20261110, "I63.900"), Stay(20261025, 20261101, "J18.900")));

    [Fact]
    public void AnotherHospital_Nothing() => Assert.Empty(Audit(Stay(20261105, 20261110, "J18.900", "H2"), Stay(20261025, 20261101, "J18.900")));

    [Fact]
    public void AfterATransfer_Nothing() => Assert.Empty(Audit(Stay(20261105, 20261110, "J18.900"), Stay(20261025, 20261101, "J18.900", way: "2")));

    [Fact]
    public void ChemotherapyAgain_Nothing()
    {
        var again = Stay(20261108, 20261110, "C34.900");
        again.Diagnosis.Add(Bill.Diagnosis("Z51.100", main: false));
        Assert.Empty(Audit(again, Stay(20261025, 20261101, "C34.900")));
    }

    [Fact]
    public void TheCountysDays_Hold()
    {
        RuleSetting[] seven = [new(Rule, 20260101, true, null, null, new Dictionary<string, decimal> { ["days"] = 7 })];
        Assert.Empty(Bill.Audit(Rule, Stay(20261109, 20261115, "J18.900"), [Stay(20261025, 20261101, "J18.900")], settings: seven));
        Assert.Single(Bill.Audit(Rule, Stay(20261108, 20261115, "J18.900"), [Stay(20261025, 20261101, "J18.900")], settings: seven));
    }
}
