using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class DiagnosisSexTests
{
    private const string Rule = "MI10000203062000";

    private static AuditClaim Visit(string gend, string diagnosis, int birth = 19800615)
    {
        var visit = Bill.Visit(lines: [Bill.Line("X1", 30m)]);
        (visit.Gend, visit.BirthOn) = (gend, birth);
        visit.Diagnosis.Add(Bill.Diagnosis(diagnosis));
        return visit;
    }

    [Theory]
    [InlineData("1", "O80.000", 1)]
    [InlineData("2", "O80.000", 0)]
    [InlineData("2", "N40.x00", 1)]
    [InlineData("1", "N40.x00", 0)]
    [InlineData("0", "N40.x00", 0)]
    [InlineData("1", "J18.900", 0)]
    public void DiagnosisOfTheOtherSex(string gend, string diagnosis, int found) => Assert.Equal(Enumerable.Repeat(3000L, found), Bill.Audit(Rule, Visit(gend, diagnosis)).Select(v => v.InScopeFen));

    [Theory]
    [InlineData(20251103, 0)] // not yet one year old on 2026-11-02
    [InlineData(20251102, 1)]
    public void ANewbornWithItsMothersDiagnosis_Nothing(int birth, int found) => Assert.Equal(found, Bill.Audit(Rule, Visit("1", "O80.000", birth)).Count);
}
