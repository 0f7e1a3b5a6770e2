using System.Collections.Frozen;
using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Rules.Services;

/// <summary>Rules about prices: of operations of one day, over the price list, in parts.</summary>
[Trait("Category", "Golden")]
public sealed class PriceTests
{
    private const string Operation = "GZ10000102002000", Above = "MI10000102051000", Split = "MI10000102052000";

    private static AuditLine Surgery(string code, decimal amount, int on = 20261102, decimal quantity = 1) => Bill.Line(code, amount, on, quantity, "201", "06");

    [Theory]
    [InlineData(800, 0)] // eighty percent
    [InlineData(801, 1)]
    [InlineData(1000, 1)]
    public void FurtherOperation_MoreThanItsShareOfTheFullPrice(int yuan, int count)
    {
        var found = Bill.Audit(Operation, Bill.Stay(20261101, 20261105, lines: [Surgery("F1", 3000m), Surgery("F2", yuan)]), points: [Bill.Point(Operation, "F2") with { LimitE4 = 1_000_000_000 }]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal((yuan - 800) * 100, f.InScopeFen));
    }

    [Fact]
    public void FirstOrOnlyOperation_OrOnAnotherDay_OrNoPriceKnown_Nothing()
    {
        var point = Bill.Point(Operation, "F2") with { LimitE4 = 1_000_000_000 };
        Assert.Empty(Bill.Audit(Operation, Bill.Stay(20261101, 20261105, lines: [Surgery("F1", 500m), Surgery("F2", 1000m)]), points: [point]));
        Assert.Empty(Bill.Audit(Operation, Bill.Stay(20261101, 20261105, lines: [Surgery("F2", 1000m)]), points: [point]));
        Assert.Empty(Bill.Audit(Operation, Bill.Stay(20261101, 20261105, lines: [Surgery("F1", 3000m, 20261103), Surgery("F2", 1000m)]), points: [point]));
        Assert.Empty(Bill.Audit(Operation, Bill.Stay(20261101, 20261105, lines: [Surgery("F1", 3000m), Surgery("F2", 1000m)]), points: [point with { LimitE4 = 0 }]));
    }

    [Fact]
    public void TwoOperationsOfOnePrice_OneOfThemIsTheFurther()
    {
        KnowledgePoint[] points = [Bill.Point(Operation, "F1") with { LimitE4 = 1_000_000_000 }, Bill.Point(Operation, "F2") with { LimitE4 = 1_000_000_000 }];
        Assert.Equal("F2-1", Assert.Single(Bill.Audit(Operation, Bill.Stay(20261101, 20261105, lines: [Surgery("F1", 1000m), Surgery("F2", 1000m)]), points: points)).Subject);
    }

    [Fact]
    public void ReducedByQuantity_IsReduced() =>
        Assert.Empty(Bill.Audit(Operation, Bill.Stay(20261101, 20261105, lines: [Surgery("F1", 3000m), Surgery("F2", 500m, quantity: 0.5m)]), points: [Bill.Point(Operation, "F2") with { LimitE4 = 1_000_000_000 }]));

    [Theory]
    [InlineData(12, 0)]
    [InlineData(13, 1)]
    public void PriceAboveTheList_OfTheGrade(int price, int count)
    {
        var point = Bill.Point(Above, "F1", levelMin: "2") with { LimitE4 = 12_000_000 };
        var visit = Bill.Visit(lines: [Bill.Line("F1", price * 2m, quantity: 2, listType: "201", chargeType: "05")]);
        var found = Bill.Audit(Above, visit, points: [point]);
        Assert.Equal((count, 200L * count), (found.Count, found.Sum(f => f.InScopeFen)));
        visit.PolicyLevel = "3";
        Assert.Empty(Bill.Audit(Above, visit, points: [point]));
    }

    [Theory]
    [InlineData("201", 1)]
    [InlineData("301", 0)] // of consumables and drugs the ceiling is what is paid, not what may be charged
    public void PriceAboveTheCeilingOfAService_FoundWithoutFundMoney(string listType, int count)
    {
        var line = Bill.Line("F1", 13m, listType: listType, chargeType: "05");
        (line.CeilingMicroYuan, line.InScopeFen) = (12_000_000, 1_200);
        var found = Bill.Audit(Above, Bill.Visit(lines: [line]));
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal(0, f.InScopeFen));
        line.CeilingMicroYuan = 13_000_000;
        Assert.Empty(Bill.Audit(Above, Bill.Visit(lines: [line])));
    }

    [Theory]
    [InlineData(30, 20261102, 1)]
    [InlineData(20, 20261102, 0)] // no dearer than the whole
    [InlineData(30, 20261103, 0)]
    public void AllPartsOnADay_ForMoreThanTheWhole(int second, int on, int count)
    {
        var point = Bill.Point(Split, "F1", others: ["F0"]) with { Codes = new[] { "F1", "F2" }.ToFrozenSet(), LimitE4 = 40_000_000 };
        var found = Bill.Audit(Split, Bill.Stay(20261101, 20261105, lines: [Bill.Line("F1", 20m), Bill.Line("F2", amount: second, on: on, chargeType: "05")]), points: [point]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal(1000, f.InScopeFen));
    }
}
