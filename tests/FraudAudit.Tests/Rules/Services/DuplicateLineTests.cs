using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Services;

[Trait("Category", "Golden")]
public sealed class DuplicateLineTests
{
    private const string Rule = "MI10000201052000";

    [Fact]
    public void SameLineThreeTimes_TheMoneyOfTwo()
    {
        var found = Assert.Single(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X1", 10m), Bill.Line("X2", 10m), Bill.Line("X1", 10m), Bill.Line("X1", 10m)])));
        Assert.Equal((2000, 2), (found.InScopeFen, found.Lines.Count));
    }

    public static TheoryData<Action<AuditLine>> Differences { get; } = [l => l.OccurredAtMs++, l => l.PrescriptionNo = "R2", l => l.DoctorCode = "D2", l => l.QuantityE4++, l => l.UnitPriceMicroYuan++, l => l.MedListCode = "X2"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void AnyDifference_Nothing(Action<AuditLine> change)
    {
        var other = Bill.Line("X1", 10m);
        change(other);
        Assert.Empty(Bill.Audit(Rule, Bill.Visit(lines: [Bill.Line("X1", 10m), other])));
    }

    [Fact]
    public void OneOfTwoGivenBack_Nothing()
    {
        var line = Bill.Line("X1");
        Assert.Empty(Bill.Audit(Rule, Bill.Visit(lines: [line, Bill.Line("X1"), Bill.Back(line)])));
    }
}
