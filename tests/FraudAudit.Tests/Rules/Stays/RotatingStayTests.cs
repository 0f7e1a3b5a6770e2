using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class RotatingStayTests
{
    private const string Rule = "MI10000203052000";

    private static AuditClaim Stay(int from, int to, string provider, string way = "1", string diagnosis = "M51.202")
    {
        var stay = Bill.Stay(from, to, provider: provider, lines: [Bill.Line("X1", 500m, from)]);
        stay.Diagnosis.Add(Bill.Diagnosis(diagnosis));
        stay.DischargeWay = way;
        return stay;
    }

    [Fact]
    public void ThirdHospitalInARow_ItsMoney()
    {
        var found = Assert.Single(Bill.Audit(Rule, Stay(20261023, 20261030, "H3"), [Stay(20261001, 20261010, "H1"), Stay(20261013, 20261020, "H2")]));
        Assert.Equal((50_000, 2), (found.InScopeFen, found.Earlier.Count));
    }

    [Fact]
    public void SecondHospital_Nothing() => Assert.Empty(Bill.Audit(Rule, Stay(20261013, 20261020, "H2"), [Stay(20261001, 20261010, "H1")]));

    [Fact]
    public void FourDaysBetween_Nothing() => Assert.Empty(Bill.Audit(Rule, Stay(20261024, 20261030, "H3"), [Stay(20261001, 20261010, "H1"), Stay(20261013, 20261020, "H2")]));

    [Fact]
    public void Transferred_Nothing() => Assert.Empty(Bill.Audit(Rule, Stay(20261023, 20261030, "H3"), [Stay(20261001, 20261010, "H1"), Stay(20261013, 20261020, "H2", way: "2")]));

    [Fact]
    public void AnotherDisease_Nothing() => Assert.Empty(Bill.Audit(Rule, Stay(20261023, 20261030, "H3", diagnosis: "I10"), [Stay(20261001, 20261010, "H1"), Stay(20261013, 20261020, "H2")]));
}
