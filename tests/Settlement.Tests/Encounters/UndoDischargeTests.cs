using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;

namespace MedInsure.Settlement.Tests.Encounters;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class UndoDischargeTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<EncounterCommand> Order = new(
        ("encounter.unknown", (w, r) => r.MdtrtId = w.Node.Tenant.Code + "M999999999999"),
        ("encounter.other_provider", (w, r) => r.MdtrtId = w.OfOtherProvider),
        ("encounter.other_person", (w, r) => r.MdtrtId = w.OfOtherPerson),
        ("encounter.cancelled", (w, r) => r.MdtrtId = w.Cancelled),
        ("encounter.settled", (w, r) => r.MdtrtId = w.SettledStay),
        ("encounter.not_discharged", (w, r) => r.MdtrtId = w.Stay),
        ("encounter.not_discharged", (w, r) => r.MdtrtId = w.Visit));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) => await Order.Check(row, world, () => node.On(world.DischargedStay, world.Psn, "2405"), r => node.Refused(UndoDischarge.Command(r)));

    [Fact]
    public async Task StayIsOpenAgain_TakesLinesAndAnotherDischarge()
    {
        var psn = await world.Person();
        var settling = await node.Visit(psn, 10_000, "21");
        var late = SettlementNode.At(2026, 6, 12);
        Assert.Equal("line.after_end", await node.Refused(AddFeeLines.Command(node.Fees(settling.MdtrtId, psn, "3", NodeActions.Fee("2", "A1", 500, late)))));
        await node.UndoneDischarge(settling.MdtrtId, psn);
        await node.Charged(settling.MdtrtId, psn, "3", NodeActions.Fee("2", "A1", 500, late));
        await node.Discharged(settling.MdtrtId, psn, "3", late);
        settling.TotalFen = 10_500;
        Assert.Equal(20260612, (await node.Settled(settling)).Claim().Facts.PolicyOn);
    }

    [Fact]
    public async Task SettledStay_CanBeOpenedOnceItsSettlementIsCancelled()
    {
        var psn = await world.Person();
        var settling = await node.Visit(psn, 10_000, "21");
        var settled = await node.Settled(settling);
        Assert.Equal("encounter.settled", await node.Refused(UndoDischarge.Command(node.On(settling.MdtrtId, psn))));
        await node.Reversed(settled);
        await node.UndoneDischarge(settling.MdtrtId, psn);
    }

    [Fact]
    public async Task UndoneTwice_IsRefused()
    {
        var psn = await world.Person();
        var settling = await node.Visit(psn, 10_000, "21");
        var undoing = node.On(settling.MdtrtId, psn, "2405");
        await node.Accepted(UndoDischarge.Command(undoing));
        Assert.True((await node.Accepted(UndoDischarge.Command(undoing.Clone()))).IsReplay);
        Assert.Equal("encounter.not_discharged", await node.Refused(UndoDischarge.Command(node.On(settling.MdtrtId, psn, "2405"))));
    }
}
