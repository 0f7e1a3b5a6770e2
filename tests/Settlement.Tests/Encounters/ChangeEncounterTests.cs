using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Encounters;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ChangeEncounterTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<ChangeEncounterRequest> Order = new(
        ("encounter.unknown", (w, r) => r.MdtrtId = w.Node.Tenant.Code + "M999999999999"),
        ("encounter.other_provider", (w, r) => r.MdtrtId = w.OfOtherProvider),
        ("encounter.other_person", (w, r) => r.MdtrtId = w.OfOtherPerson),
        ("encounter.cancelled", (w, r) => r.MdtrtId = w.Cancelled),
        ("encounter.settled", (w, r) => r.MdtrtId = w.SettledStay),
        ("encounter.begin_missing", (_, r) => r.Details.BeginAtMs = SettlementNode.At(1960, 1, 1)),
        ("encounter.begin_in_future", (_, r) => r.Details.BeginAtMs = SettlementNode.Start.ToUnixTimeMilliseconds() + 1),
        ("line.before_begin", (w, r) => (r.MdtrtId, r.Details.BeginAtMs) = (w.DischargedStay, SettlementNode.At(2026, 6, 4))),
        ("discharge.before_admission", (w, r) => (r.MdtrtId, r.Details.BeginAtMs) = (w.EmptyDischargedStay, SettlementNode.At(2026, 6, 11))),
        ("discharge.before_admission", (w, r) => (r.MdtrtId, r.Details.BeginAtMs) = (w.EmptyDischargedStay, SettlementNode.At(2026, 6, 10, 10))),
        ("encounter.kind_may_not_change", (_, r) => r.Details.MedType = "11"),
        ("encounter.visit_number_mismatch", (_, r) => r.Details.VisitNo = "V-OTHER"));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) => await Order.Check(row, world,
        () => Changing(world.Stay, world.Psn, new EncounterDetails { DiseaseCode = "D1" }), r => node.Refused(ChangeEncounter.Command(r)));

    [Fact]
    public async Task WhatIsGiven_IsChangedAndTheRestStays()
    {
        var psn = await world.Person();
        var opening = node.Opening(psn, "21", NodeActions.FirstOfJune);
        opening.Details.Bed = "5-12";
        opening.Details.Particulars["tel"] = "1";
        opening.Diagnosis.Add(new Diagnosis { Code = "I10" });
        var mdtrtId = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;

        var change = Changing(mdtrtId, psn, new EncounterDetails { MedType = "22", BeginAtMs = SettlementNode.At(2026, 6, 2), DiseaseCode = "D7", Particulars = { ["addr"] = "2" } });
        await node.Accepted(ChangeEncounter.Command(change));
        change = Changing(mdtrtId, psn, new EncounterDetails());
        change.Diagnosis.Add(new Diagnosis { Code = "J18", Main = true });
        await node.Accepted(ChangeEncounter.Command(change));

        await node.Projected();
        var encounter = await node.Journal.ReadEncounter(mdtrtId, default);
        Assert.NotNull(encounter);
        Assert.Equal(("22", "D7", "5-12", new DateOnly(2026, 6, 2)), (encounter.Details.MedType, encounter.Details.DiseaseCode, encounter.Details.Bed, encounter.BeginOn));
        Assert.Equal(["1", "2"], encounter.Details.Particulars.Values.Order());
        Assert.Equal("J18", Assert.Single(encounter.Diagnoses).Code);
        Assert.Equal(opening.Details.VisitNo, encounter.Details.VisitNo);
    }

    [Fact]
    public async Task Visit_BecomesOneOfAnotherKindOfOutpatient()
    {
        var psn = await world.Person();
        var opening = node.Opening(psn, "11", NodeActions.FirstOfJune);
        opening.Details.MedType = "";
        var mdtrtId = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        await node.Projected();
        Assert.Equal("11", (await node.Journal.ReadEncounter(mdtrtId, default))!.Details.MedType); // until 2203 says otherwise
        await node.Accepted(ChangeEncounter.Command(Changing(mdtrtId, psn, new EncounterDetails { MedType = "14", DiseaseCode = "SP1" })));
        Assert.Equal("encounter.kind_may_not_change", await node.Refused(ChangeEncounter.Command(Changing(mdtrtId, psn, new EncounterDetails { MedType = "41" }))));
    }

    [Fact]
    public async Task SettledVisit_MayBeChangedForItsNextBill_AndTheSettlementKeepsWhatItSaw()
    {
        var psn = await world.Person();
        var request = await node.Visit(psn, 10_000);
        var settled = await node.Settled(request);
        await node.Accepted(ChangeEncounter.Command(Changing(request.MdtrtId, psn, new EncounterDetails { MedType = "13", DiseaseCode = "D9" })));
        await node.Projected();
        var shown = await node.Shown(settled.SetlId());
        Assert.Equal(("11", ""), (shown.MedType, shown.DiseaseCode));
    }

    [Fact]
    public async Task SameMessageTwice_ChangesOnce()
    {
        var psn = await world.Person();
        var change = Changing(await node.Opened(psn, "21", NodeActions.FirstOfJune), psn, new EncounterDetails { DiseaseCode = "D1" });
        var first = await node.Accepted(ChangeEncounter.Command(change));
        var second = await node.Accepted(ChangeEncounter.Command(change.Clone()));
        Assert.True(second.IsReplay);
        Assert.Equal(first.Seq, second.Seq);
    }

    private ChangeEncounterRequest Changing(string mdtrtId, string psnNo, EncounterDetails details) =>
        new() { Key = node.Key("2403"), FixmedinsCode = node.Hospital("3"), MdtrtId = mdtrtId, PsnNo = psnNo, Details = details };
}
