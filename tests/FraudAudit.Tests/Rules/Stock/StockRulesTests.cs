using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.Rules.Stock;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Tests.Rules.Stock;

[Trait("Category", "Golden")]
public sealed class StockRulesTests
{
    private const string Code = "81000000000000000001";
    private static readonly RuleBook Book = RuleBook.LoadEmbedded();
    private static readonly CityReference Reference = CityReference.Empty("640300").With(new Versions { ProviderVersion = 1 }, [], [], [Provider("H1", "1", "public"), Provider("H2", "1", "private"), Provider("P1", "2", "private")]);

    private static Provider Provider(string code, string type, string ownership) => new() { FixmedinsCode = code, FixmedinsType = type, HospLv = "05", PolicyLevel = type == "1" ? "2" : "pharmacy", County = "640301", Ownership = ownership };

    /// <param name="opening">Packs; null: the stock is not known.</param>
    private static StockOfProvider Told(decimal? opening, decimal came = 0, bool everIn = true, decimal price = 0, int firstOn = 20260101, string unnamed = "none") =>
        new(firstOn, new Dictionary<string, StockOfItem> { ["X"] = new(opening is null ? 0 : 20261101, (long)((opening ?? 0) * 10_000), (long)(came * 10_000), everIn, (long)(price * 1_000_000)) }, new HashSet<string> { unnamed });

    private static List<Violation> Run(string rule, IReadOnlyList<AuditClaim> bills, StockOfProvider? told = null, string provider = "H1", params IReadOnlyList<TraceCodeSales> sales)
    {
        var stock = new StockUnderAudit(20261101, 20261130, bills, told is null ? new Dictionary<string, StockOfProvider>() : new Dictionary<string, StockOfProvider> { [provider] = told }, sales, Reference);
        StockRules.All.Single(r => r.Number == rule).Check(stock, RuleTerms.Default(Book.Definitions[rule]));
        return stock.Found;
    }

    [Theory]
    [InlineData(92, null)] // 90 there, 2 units of tolerance
    [InlineData(93, "2.40")] // 5 percent of 90 are more: 94.5
    [InlineData(95, "50.00")]
    [InlineData(180, "900.00")]
    public void SoldMoreThanBought_IsFoundAboveTheTolerance(int packs, string? yuan)
    {
        var found = Run("MI10000204051000", [Bill.Visit(lines: Bill.Line("X", packs * 10m, quantity: packs))], Told(40, 50));
        if (packs <= 94) Assert.Empty(found);
        else Assert.Equal((yuan, "X:202611"), (LineMoney.Yuan(Assert.Single(found).InScopeFen), found[0].Subject));
    }

    [Fact]
    public void SoldMoreThanBought_CountsNet_InSeveralBills_AndTheLastCarriesIt()
    {
        var line = Bill.Line("X", 100m, quantity: 10);
        AuditClaim[] bills = [Bill.Visit(lines: [line, Bill.Back(line, 4)]), Bill.Visit(on: 20261105, lines: Bill.Line("X", 40m, 20261105, 4))];
        Assert.Empty(Run("MI10000204051000", bills, Told(10)));
        var found = Assert.Single(Run("MI10000204051000", bills, Told(3)));
        Assert.Equal((bills[1].SetlId, 7_000L, bills[0].SetlId), (found.Claim.SetlId, found.InScopeFen, Assert.Single(found.Earlier).SetlId));
    }

    [Fact]
    public void SoldMoreThanBought_WhatIsNotKnown_AccusesNobody()
    {
        AuditClaim[] bills = [Bill.Visit(lines: Bill.Line("X", 100m, quantity: 10))];
        Assert.Empty(Run("MI10000204051000", bills, Told(null)));
        Assert.Empty(Run("MI10000204051000", bills));
        Assert.Empty(Run("MI10000204051000", bills, Told(0, everIn: false)));
        bills[0].Line[0].ProviderListCode = "own-1";
        Assert.Empty(Run("MI10000204051000", bills, Told(0, unnamed: "own-1")));
        Assert.Empty(Run("MI10000204051000", [Bill.Visit(lines: Bill.Line("X", 100m, quantity: 10, listType: "201"))], Told(0)));
    }

    [Theory]
    [InlineData(20260803, true)] // 90 days before the month
    [InlineData(20260804, false)]
    public void SoldWithoutStock_OnlyOfWhoToldLongEnough(int firstOn, bool found)
    {
        AuditClaim[] bills = [Bill.Visit(lines: Bill.Line("Y", 30m, quantity: 3))];
        Assert.Equal(found ? [3_000L] : [], Run("MI10000204052000", bills, Told(5, firstOn: firstOn)).Select(f => f.InScopeFen).ToArray());
        Assert.Empty(Run("MI10000204052000", [Bill.Visit(lines: Bill.Line("X", 30m, quantity: 3))], Told(5, firstOn: firstOn)));
    }

    [Theory]
    [InlineData("H1", 10.00, 10.00, null)]
    [InlineData("H1", 10.00, 10.01, 1)]
    [InlineData("H1", 9.996, 10.00, null)] // to the next fen
    [InlineData("H2", 10.00, 11.50, null)]
    [InlineData("H2", 10.00, 11.51, 1)]
    [InlineData("P1", 10.00, 25.00, null)]
    [InlineData("H1", 0.00, 25.00, null)]
    public void DrugMarkup_IsMeasuredAgainstTheHighestPurchase(string provider, decimal bought, decimal sold, int? fen)
    {
        var found = Run("MI10000204053000", [Bill.Visit(provider: provider, lines: Bill.Line("X", sold))], Told(5, price: bought), provider);
        Assert.Equal(fen is null ? [] : [(long)fen], found.Select(f => f.InScopeFen).ToArray());
    }

    /// <summary>An audit of bills that named one would take its findings for gone.</summary>
    [Fact]
    public void StockRules_AreNoneOfRunsOverBills()
    {
        Assert.All(StockRules.All, r => Assert.False(Book.LooksAtBills(r.Number)));
        Assert.True(Book.LooksAtBills("MI10000203081000"));
        Assert.False(Book.LooksAtBills("MI1"));
    }

    private static TraceSale Sale(AuditClaim claim) => new(claim, claim.Line[0], claim.FixmedinsCode, claim.Line[0].OccurredOn);

    private static AuditClaim Pack(string psn, int on, string code = Code)
    {
        var claim = Bill.Visit(on: on, psn: psn, lines: Bill.Line("X", 20m, on, 2));
        claim.Line[0].TraceCode.Add([code, "81000000000000000009"]);
        return claim;
    }

    [Fact]
    public void TraceCodeSoldTwice_AnotherPersonOrDay_TheLaterBillWithItsPart()
    {
        var (first, again, next) = (Pack("P1", 20261102), Pack("P2", 20261102), Pack("P1", 20261103));
        var found = Run("MI10000204054000", [], sales: new TraceCodeSales(Code, [Sale(first), Sale(again), Sale(next)]));
        Assert.Equal([(again.SetlId, 1_000L, first.SetlId), (next.SetlId, 1_000L, again.SetlId)], found.Select(f => (f.Claim.SetlId, f.InScopeFen, Assert.Single(f.Earlier).SetlId)).ToArray());
    }

    [Fact]
    public void TraceCodeSoldTwice_OnePersonsDay_PlaceholdersAndOtherMonths_AreNone()
    {
        Assert.Empty(Run("MI10000204054000", [], sales: new TraceCodeSales(Code, [Sale(Pack("P1", 20261102)), Sale(Pack("P1", 20261102))])));
        foreach (var placeholder in (string[])["-", "00000000000000000000", "8100000000000000001"])
            Assert.Empty(Run("MI10000204054000", [], sales: new TraceCodeSales(placeholder, [Sale(Pack("P1", 20261102)), Sale(Pack("P2", 20261102))])));
        Assert.Empty(Run("MI10000204054000", [], sales: new TraceCodeSales(Code, [Sale(Pack("P1", 20261002)), Sale(Pack("P2", 20261003))])));
    }

    [Fact]
    public void TraceCodeSoldTwice_WhatStockTellsOfElsewhere_StandsAgainstTheBill()
    {
        var found = Assert.Single(Run("MI10000204054000", [], sales: new TraceCodeSales(Code, [Sale(Pack("P1", 20261102)), new TraceSale(null, null, "P9", 20261020)])));
        Assert.Contains("P9", found.Text, StringComparison.Ordinal);
        Assert.Empty(found.Earlier);
    }
}
