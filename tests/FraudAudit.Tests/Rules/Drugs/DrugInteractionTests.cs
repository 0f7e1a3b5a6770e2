using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules.Drugs;

[Trait("Category", "Golden")]
public sealed class DrugInteractionTests
{
    private const string Interaction = "MI10000301052000", Incompatible = "MI10000301053000";

    private static KnowledgePoint Point(string rule) => Bill.Point(rule, "X1", others: ["X2"]);

    [Fact]
    public void BothInABill_TheirMoney() => Assert.Equal(3000, Assert.Single(Bill.Audit(Interaction, Bill.Visit(lines: [Bill.Line("X1", 7, amount: 10m), Bill.Line("X2", 7, amount: 20m)]), points: [Point(Interaction)])).InScopeFen);

    [Theory]
    [InlineData("X1", "X2", 20261027, 1)] // seven days from then reach the bill's day
    [InlineData("X2", "X1", 20261027, 1)]
    [InlineData("X1", "X2", 20261026, 0)]
    [InlineData("X1", "X1", 20261027, 0)]
    public void OneOfABillBefore_WhileItLasts(string now, string before, int on, int count) =>
        Assert.Equal(count, Bill.Audit(Interaction, Bill.Visit(lines: [Bill.Line(now, 3)]), [Bill.Visit(on, lines: [Bill.Line(before, 7, on)])], [Point(Interaction)]).Count);

    [Theory]
    [InlineData("R1", 20261102, 1)]
    [InlineData("R2", 20261102, 0)]
    [InlineData("R1", 20261103, 0)]
    public void Incompatible_InOnePrescriptionOfADay(string prescription, int on, int count) =>
        Assert.Equal(count, Bill.Audit(Incompatible, Bill.Visit(lines: [Bill.Line("X1", 3), Bill.Line("X2", 3, on, prescription: prescription)]), points: [Point(Incompatible)]).Count);

    [Fact]
    public void OneAlone_Nothing()
    {
        Assert.Empty(Bill.Audit(Incompatible, Bill.Visit(lines: [Bill.Line("X1", 3), Bill.Line("X3", 3)]), points: [Point(Incompatible)]));
        Assert.Empty(Bill.Audit(Interaction, Bill.Visit(lines: [Bill.Line("X1", 3), Bill.Line("X3", 3)]), points: [Point(Interaction)]));
    }
}
