using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Tests.Rules.Services;

/// <summary>Rules that compare a bill with the city's catalog.</summary>
[Trait("Category", "Golden")]
public sealed class CatalogTests
{
    private const string Outside = "MI10000201051000", SelfMade = "MI10000102053000", Person = "MI10000101051000", Quantity = "MI10000101052000";

    private static CityReference Catalog(Action<CatalogItem>? change = null)
    {
        var item = new CatalogItem { HilistCode = "X1", HilistName = "X1", ListType = "101", ChrgitmLv = "01", MedChrgitmType = "09", FromOn = 20260101, ToOn = 20261102, AgeMin = -1, AgeMax = -1, MaxQuantityPerDayE4 = -1, MaxDays = -1 };
        change?.Invoke(item);
        return CityReference.Empty("640300").With(new Versions { CatalogVersion = 1 }, [item], [], []);
    }

    [Theory]
    [InlineData("X1", 20261102, 0)]
    [InlineData("X1", 20261103, 1)] // out of force
    [InlineData("X2", 20261102, 1)]
    public void OutsideCatalog_InScopeWithoutARowOnTheDay(string code, int on, int count)
    {
        var found = Bill.Audit(Outside, Bill.Visit(on, lines: [Bill.Line(code, 8m, on)]), reference: Catalog());
        Assert.Equal((count, 800L * count), (found.Count, found.Sum(f => f.InScopeFen)));
    }

    [Fact]
    public void OutsideCatalog_SelfPaidClassInScope_Found() => Assert.Single(Bill.Audit(Outside, Bill.Visit(lines: [Bill.Line("X1")]), reference: Catalog(i => i.ChrgitmLv = "03")));

    [Fact]
    public void OutsideCatalog_SelfPaid_OrAnotherCitysCatalog_OrNone_Nothing()
    {
        var line = Bill.Line("X2");
        line.InScopeFen = 0;
        Assert.Empty(Bill.Audit(Outside, Bill.Visit(lines: [line]), reference: Catalog()));
        var visit = Bill.Visit(lines: [Bill.Line("X2")]);
        visit.CatalogCity = "650100";
        Assert.Empty(Bill.Audit(Outside, visit, reference: Catalog()));
        Assert.Empty(Bill.Audit(Outside, Bill.Visit(lines: [Bill.Line("X2")])));
    }

    [Theory]
    [InlineData("05", "", false, 1)]
    [InlineData("05", "201", false, 0)]
    [InlineData("09", "", false, 0)]
    [InlineData("05", "", true, 0)]
    public void SelfMadeItem_ServiceUnderNoNationalCode(string chargeType, string listType, bool paper, int count)
    {
        var visit = Bill.Visit(lines: [Bill.Line("OWN1", listType: listType, chargeType: chargeType)]);
        visit.Paper = paper;
        Assert.Equal(count, Bill.Audit(SelfMade, visit, reference: Catalog()).Count);
    }

    [Theory]
    [InlineData("1", -1, -1, 1)]
    [InlineData("2", -1, -1, 0)]
    [InlineData("", 46, -1, 0)] // she is 46
    [InlineData("", 47, -1, 1)]
    [InlineData("", -1, 45, 1)]
    [InlineData("", -1, 46, 0)]
    public void CatalogPerson_SexAndAgeOfTheRow(string gend, int ageMin, int ageMax, int count) =>
        Assert.Equal(count, Bill.Audit(Person, Bill.Visit(lines: [Bill.Line("X1")]), reference: Catalog(i => (i.GendLimit, i.AgeMin, i.AgeMax) = (gend, ageMin, ageMax))).Count);

    [Theory]
    [InlineData(14, 28, 0, 0)]
    [InlineData(15, 28, 1, 100)] // a day of fifteen
    [InlineData(14, 30, 1, 100)] // two of thirty
    [InlineData(0, 30, 0, 0)]
    public void CatalogQuantity_DaysOrQuantityADay(int days, int quantity, int count, long fen)
    {
        var line = Bill.Line("X1", 15m, quantity: quantity);
        line.SupplyDaysE2 = days * 100;
        var found = Bill.Audit(Quantity, Bill.Visit(lines: [line]), reference: Catalog(i => (i.MaxDays, i.MaxQuantityPerDayE4) = (14, 20_000)));
        Assert.Equal((count, fen), (found.Count, found.Sum(f => f.InScopeFen)));
    }

    [Fact]
    public void CatalogQuantity_InAWard_ALineIsADay() => Assert.Single(Bill.Audit(Quantity, Bill.Stay(20261101, 20261102, lines: [Bill.Line("X1", 15m, quantity: 3)]), reference: Catalog(i => i.MaxQuantityPerDayE4 = 20_000)));
}
