using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Tests.Rules.Stays;

[Trait("Category", "Golden")]
public sealed class UpCodingTests
{
    private const string Rule = "MI10000203058000";

    private static readonly CityReference City = CityReference.Empty("640300").With(new Versions { DiseaseVersion = 1 }, [], [new Disease { Code = "K35", Kind = "per_disease", Insutype = "390", FromOn = 20200101, Name = "阑尾炎", AmountFen = 600_000, Version = 1 }], []);

    private static AuditClaim Stay(decimal amount, string disease = "K35")
    {
        var stay = Bill.Stay(20261101, 20261108, lines: [Bill.Line("X1", amount, 20261101)]);
        stay.DiseaseCode = disease;
        return stay;
    }

    [Theory]
    [InlineData(2999.99, 1)]
    [InlineData(3000, 0)] // half of 6,000
    [InlineData(12000, 0)]
    [InlineData(12000.01, 1)]
    public void CostFarFromTheStandard(decimal amount, int found) => Assert.Equal(found, Bill.Audit(Rule, Stay(amount), reference: City).Count);

    [Fact]
    public void NotPaidByDisease_Nothing() => Assert.Empty(Bill.Audit(Rule, Stay(1, "K36"), reference: City));
}
