using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Encounters;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class CancelEncounterTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<EncounterCommand> Order = new(
        ("encounter.unknown", (w, r) => r.MdtrtId = w.Node.Tenant.Code + "M999999999999"),
        ("encounter.other_provider", (w, r) => r.MdtrtId = w.OfOtherProvider),
        ("encounter.other_person", (w, r) => r.MdtrtId = w.OfOtherPerson),
        ("encounter.cancelled", (w, r) => r.MdtrtId = w.Cancelled),
        ("encounter.visit_number_mismatch", (_, r) => r.VisitNo = "V-OTHER"),
        ("encounter.settled", (w, r) => r.MdtrtId = w.SettledVisit),
        ("encounter.settled", (w, r) => r.MdtrtId = w.SettledStay), // discharged and with lines as well
        ("encounter.discharged", (w, r) => r.MdtrtId = w.DischargedStay), // with lines as well
        ("encounter.has_lines", (w, r) => r.MdtrtId = w.Stay));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) => await Order.Check(row, world, () => node.On(world.EmptyStay, world.Psn), r => node.Refused(CancelEncounter.Command(r)));

    [Fact]
    public async Task Admission_IsTakenBack()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.CancelledEncounter(mdtrtId, psn);
        Assert.Equal("encounter.cancelled", await node.Refused(CancelEncounter.Command(node.On(mdtrtId, psn))));
        Assert.Equal("cancelled", await State(mdtrtId));
    }

    [Fact]
    public async Task Visit_GoesWithItsUnsettledLines()
    {
        var psn = await world.Person();
        var settling = await node.Visit(psn, 10_000);
        await node.CancelledEncounter(settling.MdtrtId, psn);
        Assert.Equal("encounter.cancelled", await node.Refused(SettleClaim.Command(settling)));
        Assert.Equal("encounter.cancelled", await node.Refused(AddFeeLines.Command(node.Fees(settling.MdtrtId, psn, "3", NodeActions.Fee("2", "A1", 100)))));
    }

    [Fact]
    public async Task SettlementCancelledFirst_VisitCanBeTakenBack()
    {
        var psn = await world.Person();
        var settling = await node.Visit(psn, 10_000);
        var settled = await node.Settled(settling);
        Assert.Equal("encounter.settled", await node.Refused(CancelEncounter.Command(node.On(settling.MdtrtId, psn))));
        await node.Reversed(settled);
        await node.CancelledEncounter(settling.MdtrtId, psn);
        Assert.Equal("cancelled", await State(settling.MdtrtId));
    }

    [Fact]
    public async Task StayDischargedAndUndone_IsTakenBackOnceItsLinesAreGone()
    {
        var psn = await world.Person();
        var settling = await node.Visit(psn, 10_000, "21");
        Assert.Equal("encounter.discharged", await node.Refused(CancelEncounter.Command(node.On(settling.MdtrtId, psn))));
        await node.UndoneDischarge(settling.MdtrtId, psn);
        Assert.Equal("encounter.has_lines", await node.Refused(CancelEncounter.Command(node.On(settling.MdtrtId, psn))));
        await node.CancelledLines(settling.MdtrtId, psn, "0000");
        await node.CancelledEncounter(settling.MdtrtId, psn);
    }

    [Fact]
    public async Task SameMessageTwice_GetsTheSameAnswer()
    {
        var psn = await world.Person();
        var request = node.On(await node.Opened(psn, "11", NodeActions.FirstOfJune), psn);
        await node.Accepted(CancelEncounter.Command(request));
        Assert.True((await node.Accepted(CancelEncounter.Command(request.Clone()))).IsReplay);
    }

    private async Task<string> State(string mdtrtId) =>
        Assert.Single((await ListEncounters.Query(node.Journal, node.Database, new ListEncountersRequest { MdtrtId = mdtrtId }, default)).Value.Encounter).State;
}
