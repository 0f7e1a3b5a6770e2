using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderReconciliation;

namespace MedInsure.Settlement.Tests.ProviderReconciliation;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListDailyResultsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private ReconciliationCounty county = null!;
    private string provider = "";

    public async Task InitializeAsync() => provider = (county = await postgres.Reconciliation()).Provider();
    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<ListDailyResultsReply> List(Action<ListDailyResultsRequest>? by = null)
    {
        var request = new ListDailyResultsRequest { FixmedinsCode = provider, FromOn = 20260601, ToOn = 20260630 };
        by?.Invoke(request);
        return (await ListDailyResults.Query(county.Node.Journal, county.Node.Database, request, default)).Value;
    }

    private async Task<string[]> Days(Action<ListDailyResultsRequest>? by = null) => [.. (await List(by)).Day.Select(d => $"{d.On % 100} {d.ClearingType} {d.Insutype} {d.State}")];

    private OurRow Row(int day, long fen = 1_000) => county.Row(fen) with { On = new DateOnly(2026, 6, day) };

    private async Task Totals(DeclaredTotals declared, int from, int to, Action<RowGroup>? by = null, int hour = 0)
    {
        var group = ReconciliationCounty.Group(provider, g => (g.FromOn, g.ToOn) = (20260600 + from, 20260600 + to));
        by?.Invoke(group);
        Assert.Null((await county.Totals(group, declared, county.Now.AddHours(hour))).Refusal);
    }

    [Fact]
    public async Task Days_AreBalancedUnbalancedOrNeverCompared()
    {
        OurRow[] rows = [Row(1), Row(2), Row(3), Row(3) with { ClearingType = "21" }, Row(3) with { Insutype = "310" }];
        await county.Settled(provider, rows);
        Assert.Equal(["1 11 390 NeverCompared", "2 11 390 NeverCompared", "3 11 310 NeverCompared", "3 11 390 NeverCompared", "3 21 390 NeverCompared"], await Days());
        await Totals(ReconciliationCounty.Declared(rows[0]), 1, 1);
        await Totals(ReconciliationCounty.Declared(rows[0]), 2, 2, g => g.ClearingType = "11");
        await Totals(new DeclaredTotals(), 3, 3, g => (g.ClearingType, g.Insutype) = ("11", "390"));
        await Totals(ReconciliationCounty.Declared(rows[3]), 3, 3, g => g.ClearingType = "21");
        Assert.Equal(["1 11 390 Balanced", "2 11 390 Balanced", "3 11 310 NeverCompared", "3 11 390 Unbalanced", "3 21 390 Balanced"], await Days());
        // The newest comparison that covers a day decides.
        await Totals(ReconciliationCounty.Declared(rows), 1, 30, hour: 1);
        Assert.All(await Days(), day => Assert.EndsWith(" Balanced", day, StringComparison.Ordinal));
        await Totals(new DeclaredTotals { RowCount = 1 }, 2, 2, hour: 2);
        Assert.Equal("2 11 390 Unbalanced", (await Days(r => r.Filter = DailyFilter.NotBalanced)).Single());
        Assert.Equal(4, (await List(r => r.Filter = DailyFilter.Balanced)).Total);
        var third = (await List(r => (r.FromOn, r.ToOn, r.ClearingType) = (20260603, 20260603, "21"))).Day.Single();
        Assert.Equal((20260603, county.County, 1L, 1_000L, 0L, county.Now.AddHours(1).ToUnixTimeMilliseconds()), (third.On, third.HomeCounty, third.RowCount, third.TotalFen, third.FundTotalFen, third.ComparedAtMs));
    }

    [Fact]
    public async Task RowsAfterTheComparison_MakeItOutdated()
    {
        var first = Row(5);
        await county.Settled(provider, first);
        await Totals(ReconciliationCounty.Declared(first), 5, 5);
        Assert.Equal(["5 11 390 Balanced"], await Days());
        await county.Settled(provider, Row(5) with { Seq = county.Node.Journal.CommittedSeq + 1 });
        Assert.Equal(["5 11 390 Outdated"], await Days());
    }

    [Fact]
    public async Task RefundsAndSettlements_MayBeComparedApart()
    {
        var visit = Row(7);
        var back = county.Back(visit);
        await county.Settled(provider, visit, back);
        await Totals(ReconciliationCounty.Declared(visit), 7, 7, g => g.RefdSetlFlag = "0");
        Assert.Equal(["7 11 390 NeverCompared"], await Days());
        await Totals(ReconciliationCounty.Declared(back), 7, 7, g => g.RefdSetlFlag = "1");
        Assert.Equal(["7 11 390 Balanced"], await Days());
    }

    [Fact]
    public async Task ComparedByRow_OnlyTheDaysOfDifferingRowsAreUnbalanced()
    {
        OurRow[] rows = [Row(10), Row(11), Row(12)];
        await county.Settled(provider, rows);
        Assert.False((await county.Compared(provider, null, rows[0], rows[2])).IsRefused);
        Assert.Equal(["10 11 390 Balanced", "11 11 390 Unbalanced", "12 11 390 Balanced"], await Days());
        // A row that we lack has no day here: none of the period's is proven.
        Assert.False((await county.Compared(provider, null, [.. rows, county.Row(5)])).IsRefused);
        Assert.All(await Days(), day => Assert.EndsWith(" Unbalanced", day, StringComparison.Ordinal));
        Assert.False((await county.Compared(provider, null, rows)).IsRefused);
        Assert.All(await Days(), day => Assert.EndsWith(" Balanced", day, StringComparison.Ordinal));
    }

    [Fact]
    public async Task DayOfWhichOnlyTheProviderHasRows_IsListed()
    {
        await Totals(new DeclaredTotals { RowCount = 2, TotalFen = 500 }, 20, 20, g => (g.ClearingType, g.Insutype) = ("11", "390"));
        Assert.Equal(["20 11 390 Unbalanced"], await Days());
        await Totals(new DeclaredTotals(), 20, 20, g => (g.ClearingType, g.Insutype) = ("11", "390"), hour: 1);
        Assert.Empty(await Days());
    }

    [Fact]
    public async Task OtherCountiesRows_AreListedAndComparedWithAll()
    {
        var (own, other) = (Row(15), new OurRow("230999S" + county.SetlId()[7..], 700, 300) { On = new DateOnly(2026, 6, 15) });
        await county.Settled(provider, own);
        await county.Mirrored(provider, other);
        await Totals(ReconciliationCounty.Declared(own), 15, 15);
        Assert.Equal(["15 11 390 Balanced"], await Days());
        var shown = (await List(r => r.Everywhere = true)).Day.Select(d => (d.HomeCounty, d.State)).ToArray();
        Assert.Equal([(county.County, DailyState.Balanced), ("230999", DailyState.NeverCompared)], shown.OrderBy(d => d.HomeCounty == "230999"));
        await Totals(ReconciliationCounty.Declared(own, other), 15, 15, g => g.Everywhere = true, hour: 1);
        Assert.All((await List(r => r.Everywhere = true)).Day, d => Assert.Equal(DailyState.Balanced, d.State));
        // Another mirror arrives.
        await county.Mirrored(provider, other with { SetlId = "230999S" + county.SetlId()[7..] });
        Assert.Contains((await List(r => r.Everywhere = true)).Day, d => d is { HomeCounty: "230999", State: DailyState.Outdated, RowCount: 2 });
    }

    [Fact]
    public async Task Pages_HoldTheTotal()
    {
        await county.Settled(provider, [.. Enumerable.Range(1, 5).Select(d => Row(d))]);
        var second = await List(r => (r.PageSize, r.PageNumber) = (2, 2));
        Assert.Equal((5, "3,4"), (second.Total, string.Join(',', second.Day.Select(d => d.On % 100))));
        var beyond = await List(r => (r.PageSize, r.PageNumber) = (2, 9));
        Assert.Equal((5, 0), (beyond.Total, beyond.Day.Count));
    }

    [Theory]
    [InlineData("", 20260601, 20260630, 10, "query.too_wide")]
    [InlineData("H", 20260600, 20260630, 10, "query.day_invalid")]
    [InlineData("H", 20260602, 20260601, 10, "reconciliation.days_reversed")]
    [InlineData("H", 20260601, 20260702, 10, "reconciliation.period_too_long")]
    [InlineData("H", 20260601, 20260630, 1_001, "query.page_invalid")]
    public async Task ImpossibleQuestion_IsRefused(string fixmedinsCode, int from, int to, int size, string code)
    {
        var request = new ListDailyResultsRequest { FixmedinsCode = fixmedinsCode, FromOn = from, ToOn = to, PageSize = size };
        Assert.Equal(code, (await ListDailyResults.Query(county.Node.Journal, county.Node.Database, request, default)).Refusal?.Code);
    }
}
