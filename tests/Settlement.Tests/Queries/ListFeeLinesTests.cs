using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListFeeLinesTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<ListFeeLinesRequest> Order = new(
        ("settlement.unknown", (w, r) => (r.MdtrtId, r.SetlId) = ("", "nowhere")),
        ("settlement.unknown", (_, r) => (r.MdtrtId, r.SetlId) = ("", "")),
        ("encounter.unknown", (_, r) => r.MdtrtId = "nowhere"),
        ("encounter.other_provider", (w, r) => r.MdtrtId = w.OfOtherProvider),
        ("encounter.other_person", (w, r) => r.MdtrtId = w.OfOtherPerson),
        ("settlement.unknown", (w, r) => (r.MdtrtId, r.SetlId) = (w.Stay, "nowhere")));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) => await Order.Check(row, world,
        () => new ListFeeLinesRequest { MdtrtId = world.Stay, FixmedinsCode = node.Hospital("3"), PsnNo = world.Psn }, async r => (await ListFeeLines.Query(node.Journal, node.Database, r, default)).Refusal?.Code ?? "");

    [Fact]
    public async Task Lines_OfTheEncounterAndOfEachOfItsSettlements()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "B10", 1_005, SettlementNode.At(2026, 6, 1, 14), "B1"), NodeActions.Fee("2", "C1", 500, batch: "B2"));
        var request = node.Settling(mdtrtId, psn, 1_005);
        request.ChargeBatch = "B1";
        var first = await node.Settled(request);
        var reversal = await node.Reversed(first);
        var restoration = await node.ReversedMessage(node.ReversingMessage(reversal));
        var second = await node.Settled(node.Settling(mdtrtId, psn, 500));

        Assert.Equal(["1", "2"], (await Listed(new ListFeeLinesRequest { MdtrtId = mdtrtId })).Select(l => l.FeedetlSn));
        Assert.Equal(["2"], (await Listed(new ListFeeLinesRequest { SetlId = second.SetlId() })).Select(l => l.FeedetlSn));
        // The settlement, its reversal and its restoration all have its lines, whatever stands now.
        foreach (var row in new[] { first, reversal, restoration })
        {
            var line = Assert.Single(await Listed(new ListFeeLinesRequest { SetlId = row.SetlId(), MdtrtId = mdtrtId }));
            Assert.Equal(("1", "B1", 1_005, 101, 904, SettlementNode.At(2026, 6, 1, 14)), (line.FeedetlSn, line.ChargeBatch, line.AmountFen, line.FirstPayFen, line.InScopeFen, line.OccurredAtMs));
        }
    }

    [Fact]
    public async Task NumberGivenToAnotherLineLater_SettlementStillShowsWhatItSettled()
    {
        var psn = await world.Person();
        var request = await node.Visit(psn, 10_000);
        var settled = await node.Settled(request);
        await node.Reversed(settled);
        await node.CancelledLines(request.MdtrtId, psn, "0000");
        Assert.Empty(await Listed(new ListFeeLinesRequest { MdtrtId = request.MdtrtId }));
        await node.Charged(request.MdtrtId, psn, "3", NodeActions.Fee("1", "B10", 777));
        var shown = Assert.Single(await Listed(new ListFeeLinesRequest { SetlId = settled.SetlId() }));
        Assert.Equal(("A1", 10_000), (shown.MedListCode, shown.AmountFen));
        Assert.Equal(777, Assert.Single(await Listed(new ListFeeLinesRequest { MdtrtId = request.MdtrtId })).AmountFen);
    }

    [Fact]
    public async Task Sale_HasTheLinesThatCameWithIt_WhileItStands()
    {
        var psn = await world.Person();
        var sale = await node.Settled(node.Inline(psn, 10_000, medType: "41"));
        Assert.Equal(10_000, Assert.Single(await Listed(new ListFeeLinesRequest { MdtrtId = sale.Record.MdtrtId })).AmountFen);
        await node.Reversed(sale);
        Assert.Empty(await Listed(new ListFeeLinesRequest { MdtrtId = sale.Record.MdtrtId }));
        Assert.Equal(10_000, Assert.Single(await Listed(new ListFeeLinesRequest { SetlId = sale.SetlId() })).AmountFen);
    }

    private async Task<IReadOnlyList<FeeLineShare>> Listed(ListFeeLinesRequest request)
    {
        var outcome = await ListFeeLines.Query(node.Journal, node.Database, request, default);
        Assert.Null(outcome.Refusal);
        return outcome.Value.Line;
    }
}
