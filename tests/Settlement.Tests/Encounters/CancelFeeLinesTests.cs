using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Encounters;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class CancelFeeLinesTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<CancelFeeLinesRequest> Order = new(
        ("encounter.unknown", (w, r) => r.MdtrtId = w.Node.Tenant.Code + "M999999999999"),
        ("encounter.other_provider", (w, r) => r.MdtrtId = w.OfOtherProvider),
        ("encounter.other_person", (w, r) => r.MdtrtId = w.OfOtherPerson),
        ("encounter.cancelled", (w, r) => r.MdtrtId = w.Cancelled),
        ("encounter.settled", (w, r) => r.MdtrtId = w.SettledStay),
        ("line.unknown", (w, r) => Named(r, w.SettledVisit, "1")), // settled
        ("line.unknown", (w, r) => Named(r, w.Stay, "nowhere")),
        ("line.unknown", (w, r) => Named(r, w.Stay, "1", "nowhere")), // all or none
        ("line.unknown", (w, r) => Named(r, w.EmptyStay, "0000")),
        ("line.unknown", (w, r) => Named(r, w.Stay)), // neither a batch nor a number
        ("line.unknown", (w, r) => (r.MdtrtId, r.ChargeBatch) = (w.Visit, "B2")));

    private static void Named(CancelFeeLinesRequest request, string mdtrtId, params string[] numbers)
    {
        (request.MdtrtId, request.ChargeBatch) = (mdtrtId, "");
        request.FeedetlSn.Clear();
        request.FeedetlSn.AddRange(numbers);
    }

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) => await Order.Check(row, world, () => ByNumber(world.Stay, world.Psn, "1"), r => node.Refused(CancelFeeLines.Command(r)));

    [Fact]
    public async Task LinesByNumber_GoAndTheirNumbersAreFreeAgain()
    {
        var (psn, mdtrtId) = await Charged("21", "");
        await node.Accepted(CancelFeeLines.Command(ByNumber(mdtrtId, psn, "1", "3", "3")));
        Assert.Equal(["2"], await Numbers(mdtrtId));
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A2", 100));
        Assert.Equal(["1", "2"], await Numbers(mdtrtId));
    }

    [Fact]
    public async Task AllLines_GoByFourZeros()
    {
        var (psn, mdtrtId) = await Charged("21", "");
        await node.Accepted(CancelFeeLines.Command(ByNumber(mdtrtId, psn, "0000")));
        Assert.Empty(await Numbers(mdtrtId));
    }

    [Theory]
    [InlineData("B1", new[] { "3" })]
    [InlineData("B2", new[] { "1", "2" })]
    [InlineData("0000", new string[0])]
    public async Task Batch_GoesAlone(string batch, string[] left)
    {
        var (psn, mdtrtId) = await Charged("11", "B1");
        await node.Accepted(CancelFeeLines.Command(new CancelFeeLinesRequest { Key = node.Key("2205"), FixmedinsCode = node.Hospital("3"), MdtrtId = mdtrtId, PsnNo = psn, ChargeBatch = batch }));
        Assert.Equal(left, await Numbers(mdtrtId));
    }

    [Fact]
    public async Task SettledLines_StayWhenAllUnsettledGo()
    {
        var (psn, mdtrtId) = await Charged("11", "B1");
        var settling = node.Settling(mdtrtId, psn, 300);
        settling.ChargeBatch = "B1";
        var settled = await node.Settled(settling);
        await node.CancelledLines(mdtrtId, psn, "0000");
        Assert.Equal(["1", "2"], await Numbers(mdtrtId));
        await node.Reversed(settled);
        await node.CancelledLines(mdtrtId, psn, "0000");
        Assert.Empty(await Numbers(mdtrtId));
    }

    [Fact]
    public async Task LineThatACorrectionTookBack_StaysWhileTheCorrectionDoes()
    {
        var (psn, mdtrtId) = await Charged("21", "");
        await node.Charged(mdtrtId, psn, "3", NodeActions.Correction("4", "A1", 100, original: "1"));
        Assert.Equal("line.correction_exceeds", await node.Refused(CancelFeeLines.Command(ByNumber(mdtrtId, psn, "1"))));
        await node.Accepted(CancelFeeLines.Command(ByNumber(mdtrtId, psn, "1", "4")));
        Assert.Equal(["2", "3"], await Numbers(mdtrtId));
    }

    /// <summary>Lines 1 of A1 over 1.00 and 2 of B10 over 2.00 in the batch, 3 of A2 over 3.00 in batch B2.</summary>
    private async Task<(string Psn, string MdtrtId)> Charged(string medType, string batch)
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, medType, NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100, batch: batch), NodeActions.Fee("2", "B10", 200, batch: batch), NodeActions.Fee("3", "A2", 300, batch: "B2"));
        return (psn, mdtrtId);
    }

    private CancelFeeLinesRequest ByNumber(string mdtrtId, string psnNo, params string[] numbers)
    {
        var request = new CancelFeeLinesRequest { Key = node.Key("2302"), FixmedinsCode = node.Hospital("3"), MdtrtId = mdtrtId, PsnNo = psnNo };
        request.FeedetlSn.AddRange(numbers);
        return request;
    }

    private async Task<string[]> Numbers(string mdtrtId) =>
        [.. (await ListFeeLines.Query(node.Journal, node.Database, new ListFeeLinesRequest { MdtrtId = mdtrtId }, default)).Value.Line.Select(l => l.FeedetlSn).Order(StringComparer.Ordinal)];
}
