using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Behaviour;

[Trait("Category", "Golden")]
public sealed class DiagnosisAgeTests
{
    private const string Rule = "MI10000203063000";

    private static AuditClaim Visit(int birth, params string[] diagnoses)
    {
        var visit = Bill.Visit(lines: [Bill.Line("X1", 30m)]);
        visit.BirthOn = birth;
        foreach (var code in diagnoses) visit.Diagnosis.Add(Bill.Diagnosis(code));
        return visit;
    }

    [Theory]
    [InlineData(19691103, "O80.000", 0)] // 56
    [InlineData(19691102, "O80.000", 1)] // 57
    [InlineData(20141103, "O80.000", 1)] // 11
    [InlineData(20141102, "O80.000", 0)] // 12
    [InlineData(20231103, "P07.300", 0)] // 2
    [InlineData(20231102, "P07.300", 1)] // 3
    [InlineData(19961103, "H25.900", 1)] // 29
    [InlineData(19961102, "H25.900", 0)]
    public void DiagnosisOfAnotherAge(int birth, string diagnosis, int found) => Assert.Equal(Enumerable.Repeat(3000L, found), Bill.Audit(Rule, Visit(birth, diagnosis)).Select(v => v.InScopeFen));

    [Fact]
    public void AMotherWithHerChildsDiagnosis_Nothing() => Assert.Empty(Bill.Audit(Rule, Visit(19960101, "O80.000", "P07.300")));
}
