using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ProviderReconciliation;

namespace MedInsure.Settlement.Tests.ProviderReconciliation;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class CompareTotalsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private ReconciliationCounty county = null!;
    private string provider = "";

    public async Task InitializeAsync() => provider = (county = await postgres.Reconciliation()).Provider();
    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<(ComparisonResult, string)> Compared(DeclaredTotals declared, Action<RowGroup>? by = null)
    {
        var reply = (await county.Totals(ReconciliationCounty.Group(provider, by), declared)).Value;
        return (reply.Result, reply.Text);
    }

    [Theory]
    [InlineData(2, 10_000, 7_000, 1_000, ComparisonResult.Equal, "对账平")]
    [InlineData(1, 10_000, 7_000, 1_000, ComparisonResult.CentreMore, "中心多：中心2笔，机构1笔")]
    [InlineData(3, 10_000, 7_000, 1_000, ComparisonResult.ProviderMore, "机构多：中心2笔，机构3笔")]
    [InlineData(2, 10_001, 7_000, 1_000, ComparisonResult.Different, "金额不符：医疗费总额中心100.00，机构100.01")]
    [InlineData(2, 10_000, 6_999, 1_001, ComparisonResult.Different, "金额不符：基金支付总额中心70.00，机构69.99；个人账户支付中心10.00，机构10.01")]
    public async Task Sums_AreComparedRowsFirst(long rows, long total, long fund, long account, ComparisonResult result, string text)
    {
        await county.Settled(provider, county.Row(6_000, 4_000, 1_000), county.Row(4_000, 3_000), county.Row(5_000) with { On = new DateOnly(2026, 7, 1) });
        Assert.Equal((result, text), await Compared(new DeclaredTotals { RowCount = rows, TotalFen = total, FundTotalFen = fund, AccountFen = account }));
    }

    [Fact]
    public async Task Groups_AreThoseNamed()
    {
        OurRow visit = county.Row(1_000), stay = county.Row(20_000) with { ClearingType = "21" }, employee = county.Row(300) with { Insutype = "310" };
        var back = county.Back(visit);
        await county.Settled(provider, visit, stay, employee, back);
        await county.Settled(county.Provider(), county.Row(7));
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(visit, stay, employee, back))).Item1);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(stay), g => g.ClearingType = "21")).Item1);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(employee), g => g.Insutype = "310")).Item1);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(visit, stay, employee), g => g.RefdSetlFlag = "0")).Item1);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(back), g => g.RefdSetlFlag = "1")).Item1);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(), g => g.ToOn = 20260629)).Item1);
    }

    [Fact]
    public async Task TakenBackBy2601_MayBeCountedOrLeftOut()
    {
        var (unknown, kept) = (county.Row(5_000, 2_000), county.Row(1_000));
        var back = county.Back(unknown) with { Transaction = "2601" };
        await county.Settled(provider, unknown, kept, back);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(unknown, kept, back))).Item1);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(kept))).Item1);
        Assert.Equal(ComparisonResult.CentreMore, (await Compared(ReconciliationCounty.Declared(unknown, kept))).Item1);
        // Cancelled by 2208 both rows are known to the provider.
        var (visit, cancelled) = (county.Row(700), ReconciliationCounty.Declared(kept));
        await county.Settled(provider, visit, county.Back(visit));
        Assert.NotEqual(ComparisonResult.Equal, (await Compared(cancelled)).Item1);
    }

    [Fact]
    public async Task OtherCountiesRows_AreInOnlyWhenNoCountyIsNamed()
    {
        var (own, other) = (county.Row(1_000), new OurRow("230999S" + county.SetlId()[7..], 2_500, 1_000));
        await county.Settled(provider, own);
        await county.Mirrored(provider, other);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(own))).Item1);
        Assert.Equal(ComparisonResult.Equal, (await Compared(ReconciliationCounty.Declared(own, other), g => g.Everywhere = true)).Item1);
    }

    [Fact]
    public async Task RelativesAccounts_StandInsideOrBesideAsAsked()
    {
        await county.Settled(provider, county.Row(1_000, 0, 300) with { FamilyFen = 200 });
        DeclaredTotals Declared(long account) => new() { RowCount = 1, TotalFen = 1_000, AccountFen = account };
        Assert.Equal(ComparisonResult.Equal, (await Compared(Declared(300))).Item1);
        Assert.Equal(ComparisonResult.Different, (await Compared(Declared(500))).Item1);
        Assert.Equal(ComparisonResult.Equal, (await Compared(Declared(500), g => g.FamilyInsideAccount = true)).Item1);
        Assert.Equal((ComparisonResult.Different, "金额不符：现金支付中心5.00，机构5.01"), await Compared(new DeclaredTotals { RowCount = 1, TotalFen = 1_000, CashFen = 501 }));
    }

    [Fact]
    public async Task ImpossibleQuestion_IsRefused()
    {
        var group = ReconciliationCounty.Group(provider);
        var declared = new DeclaredTotals();
        async Task<string?> Code(Action<RowGroup> change, bool without = false)
        {
            var changed = group.Clone();
            change(changed);
            return (await county.Totals(changed, without ? null : declared)).Refusal?.Code;
        }
        Assert.Equal("query.too_wide", await Code(g => g.FixmedinsCode = ""));
        Assert.Equal("query.too_wide", (await county.Totals(null, declared)).Refusal?.Code);
        Assert.Equal("query.day_invalid", await Code(g => g.FromOn = 20260631));
        Assert.Equal("query.day_invalid", await Code(g => g.ToOn = 0));
        Assert.Equal("reconciliation.days_reversed", await Code(g => g.ToOn = 20260531));
        Assert.Equal("reconciliation.period_too_long", await Code(g => g.ToOn = 20270602));
        Assert.Null(await Code(g => g.ToOn = 20270601));
        Assert.Equal("reconciliation.refund_flag_unknown", await Code(g => g.RefdSetlFlag = "2"));
        Assert.Equal("reconciliation.declared_missing", await Code(_ => { }, without: true));
    }

    [Fact]
    public async Task SettledThroughTheJournalAndTakenBack_IsSeenAtOnce()
    {
        await using var node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson("P1");
        var sale = await node.Settled(node.Inline("P1", 10_000, medType: "41"));
        async Task<ComparisonResult> Now(long rows, long total) =>
            (await CompareTotals.Run(node.Journal, node.Database, new CompareTotalsRequest { Group = ReconciliationCounty.Group(node.Hospital("3")), Declared = new DeclaredTotals { RowCount = rows, TotalFen = total } }, SettlementNode.Start, default)).Value.Result;
        Assert.Equal(ComparisonResult.Equal, await Now(1, 10_000));
        await node.ReversedMessage(node.ReversingMessage(sale));
        Assert.Equal(ComparisonResult.Equal, await Now(2, 0));
        Assert.Equal(ComparisonResult.Equal, await Now(0, 0));
        Assert.Equal(ComparisonResult.CentreMore, await Now(1, 10_000));
    }
}
