using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;

namespace MedInsure.Settlement.Tests.Encounters;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class DischargeEncounterTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<DischargeEncounterRequest> Order = new(
        ("encounter.unknown", (w, r) => r.MdtrtId = w.Node.Tenant.Code + "M999999999999"),
        ("encounter.other_provider", (w, r) => r.MdtrtId = w.OfOtherProvider),
        ("encounter.other_person", (w, r) => r.MdtrtId = w.OfOtherPerson),
        ("encounter.cancelled", (w, r) => r.MdtrtId = w.Cancelled),
        ("encounter.no_stay", (w, r) => r.MdtrtId = w.Visit),
        ("encounter.discharged", (w, r) => r.MdtrtId = w.DischargedStay),
        ("encounter.discharged", (w, r) => r.MdtrtId = w.SettledStay),
        ("discharge.before_admission", (_, r) => r.EndAtMs = NodeActions.FirstOfJune - 1),
        ("discharge.before_admission", (_, r) => r.EndAtMs = 0),
        ("discharge.in_future", (_, r) => r.EndAtMs = SettlementNode.Start.ToUnixTimeMilliseconds() + 1),
        ("discharge.before_lines", (_, r) => r.EndAtMs = SettlementNode.At(2026, 6, 2)));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) =>
        await Order.Check(row, world, () => Discharging(world.Stay, world.Psn, NodeActions.TenthOfJune), r => node.Refused(DischargeEncounter.Command(r)));

    [Fact]
    public async Task Discharge_EndsTheStayAndCompletesItsPapers()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        var request = Discharging(mdtrtId, psn, NodeActions.TenthOfJune);
        // What names the stay is not discharge's to change.
        request.Details = new EncounterDetails { DiseaseCode = "D3", OperatedEyes = 2, MedType = "11", BeginAtMs = 1, VisitNo = "V-NEW" };
        request.Diagnosis.Add(new Diagnosis { Code = "H25", Main = true });
        await node.Accepted(DischargeEncounter.Command(request));
        await node.Projected();
        var stay = (await node.Journal.ReadEncounter(mdtrtId, default))!;
        Assert.Equal((Settlement.Journal.EncounterStage.Discharged, new DateOnly(2026, 6, 10), "1"), (stay.Stage, stay.EndOn, stay.DischargeWay));
        Assert.Equal(("D3", 2, "21", new DateOnly(2026, 6, 1)), (stay.Details.DiseaseCode, stay.Details.OperatedEyes, stay.Details.MedType, stay.BeginOn));
        Assert.NotEqual("V-NEW", stay.Details.VisitNo);
        Assert.Equal("H25", Assert.Single(stay.Diagnoses).Code);
    }

    [Fact]
    public async Task SameDayAsAdmissionAndLastLine_IsTaken()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100, SettlementNode.At(2026, 6, 1, 23)));
        await node.Accepted(DischargeEncounter.Command(Discharging(mdtrtId, psn, NodeActions.FirstOfJune)));
    }

    [Fact]
    public async Task AfterAnInterimSettlement_DischargeIsTaken()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 10_000));
        var interim = node.Settling(mdtrtId, psn, 10_000);
        interim.Interim = true;
        await node.Settled(interim);
        await node.Accepted(DischargeEncounter.Command(Discharging(mdtrtId, psn, NodeActions.TenthOfJune)));
    }

    private DischargeEncounterRequest Discharging(string mdtrtId, string psnNo, long endMs) =>
        new() { Key = node.Key("2402"), FixmedinsCode = node.Hospital("3"), MdtrtId = mdtrtId, PsnNo = psnNo, EndAtMs = endMs, Way = "1" };
}
