using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;

namespace MedInsure.Settlement.Tests.Encounters;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class OpenEncounterTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<OpenEncounterRequest> Order = new(
        ("encounter.begin_missing", (_, r) => r.Details = null),
        ("encounter.begin_missing", (_, r) => (r.Details ??= new EncounterDetails()).BeginAtMs = 0),
        ("encounter.begin_missing", (_, r) => r.Details.BeginAtMs = SettlementNode.At(1960, 1, 1)),
        ("encounter.begin_in_future", (_, r) => r.Details.BeginAtMs = SettlementNode.Start.ToUnixTimeMilliseconds() + 1),
        ("encounter.visit_number_missing", (_, r) => r.Details.VisitNo = ""),
        ("provider.unknown", (_, r) => r.FixmedinsCode = "H000"),
        ("provider.no_agreement", (_, r) => r.FixmedinsCode = World.Expired),
        ("provider.suspended", (_, r) => r.FixmedinsCode = World.Suspended),
        ("provider.terminated", (_, r) => r.FixmedinsCode = World.Terminated),
        ("person.unknown", (_, r) => r.PsnNo = "P-NOBODY"),
        ("coverage.none_on_date", (_, r) => r.Insutype = "310"),
        ("encounter.visit_number_taken", (_, r) => r.Details.VisitNo = "V-TAKEN"));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row)
    {
        var psn = await world.Person();
        await node.Submit(OpenEncounter.Command(node.Opening(psn, "11", NodeActions.FirstOfJune, visitNo: "V-TAKEN"))); // the first row's takes it
        await Order.Check(row, world, () => node.Opening(psn, "11", NodeActions.FirstOfJune), r => node.Refused(OpenEncounter.Command(r)));
    }

    [Theory]
    [InlineData("11")]
    [InlineData("14")]
    [InlineData("21")]
    [InlineData("52")]
    public async Task GoodRequest_GetsItsNumber(string medType)
    {
        var psn = await world.Person();
        var request = node.Opening(psn, medType, NodeActions.FirstOfJune, visitNo: "V-GOOD" + medType);
        request.Diagnosis.Add(new Diagnosis { Code = "I10", Name = "高血压", Main = true });
        var committed = await node.Accepted(OpenEncounter.Command(request));
        var reply = OpenEncounter.Reply(committed.Record);
        Assert.Equal((psn, "V-GOOD" + medType), (reply.PsnNo, reply.VisitNo));
        Assert.StartsWith(node.Tenant.Code + "M", reply.MdtrtId, StringComparison.Ordinal);
        Assert.Equal(reply, OpenEncounter.Reply((await node.Accepted(OpenEncounter.Command(request.Clone()))).Record));
    }

    [Fact]
    public async Task AgreementEndedSince_VisitBeforeIsTaken()
    {
        var psn = await world.Person();
        var request = node.Opening(psn, "11", SettlementNode.At(2025, 12, 31));
        request.FixmedinsCode = World.Suspended;
        await node.Accepted(OpenEncounter.Command(request));
        request = node.Opening(psn, "11", SettlementNode.At(2025, 12, 31));
        request.FixmedinsCode = World.Expired;
        await node.Accepted(OpenEncounter.Command(request));
    }

    [Fact]
    public async Task LastDayOfCover_Counts()
    {
        var psn = await world.Person();
        var person = new Person { PsnNo = psn, PsnName = "王测试", Certno = "230102198001010010", BirthOn = 19800101, County = node.Tenant.Code, Version = 2 };
        person.Coverage.Add(new Coverage { Insutype = "390", PsnType = "1501", FromOn = 20260101, ToOn = 20260531 });
        await node.AddPersons([person]);
        Assert.Equal("coverage.none_on_date", await node.Refused(OpenEncounter.Command(node.Opening(psn, "11", SettlementNode.At(2026, 6, 1)))));
        await node.Accepted(OpenEncounter.Command(node.Opening(psn, "11", SettlementNode.At(2026, 5, 31, 23))));
        // Half past midnight in China is still the day before in UTC.
        Assert.Equal("coverage.none_on_date", await node.Refused(OpenEncounter.Command(node.Opening(psn, "11", SettlementNode.At(2026, 6, 1, 0)))));
    }

    [Fact]
    public async Task VisitNumber_IsFreeAgainAfterACancellation_AndAtAnotherProvider()
    {
        var psn = await world.Person();
        const string number = "V-AGAIN";
        var first = await node.Accepted(OpenEncounter.Command(node.Opening(psn, "11", NodeActions.FirstOfJune, visitNo: number)));
        await node.Accepted(OpenEncounter.Command(node.Opening(psn, "11", NodeActions.FirstOfJune, level: "2", visitNo: number)));
        Assert.Equal("encounter.visit_number_taken", await node.Refused(OpenEncounter.Command(node.Opening(psn, "11", NodeActions.FirstOfJune, visitNo: number))));
        await node.CancelledEncounter(first.Record.MdtrtId, psn);
        await node.Accepted(OpenEncounter.Command(node.Opening(psn, "11", NodeActions.FirstOfJune, visitNo: number)));
        Assert.Equal("encounter.visit_number_taken", await node.Refused(OpenEncounter.Command(node.Opening(psn, "11", NodeActions.FirstOfJune, visitNo: number))));
        await node.Projected();
    }

    [Fact]
    public async Task ManyWithOneVisitNumberAtOnce_OneIsOpened()
    {
        var psn = await world.Person();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => node.Submit(OpenEncounter.Command(node.Opening(psn, "11", NodeActions.FirstOfJune, visitNo: "V-RACE"))))));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.All(outcomes.Where(o => o.IsRefused), o => Assert.Equal("encounter.visit_number_taken", o.Refusal!.Code));
        await node.Projected();
    }
}
