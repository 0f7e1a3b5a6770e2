using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListEncountersTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("query.page_invalid", -1, 0, "P")]
    [InlineData("query.page_invalid", 1, 1_001, "")] // before the missing filter
    [InlineData("query.page_invalid", 1, -1, "P")]
    [InlineData("query.day_invalid", 1, 10, "", 20260231)]
    [InlineData("query.too_wide", 1, 10, "")]
    public async Task BadQuery_IsRefused(string code, int page, int size, string psn, int from = 0) => Assert.Equal(code,
        (await ListEncounters.Query(node.Journal, node.Database, new ListEncountersRequest { PsnNo = psn, PageNumber = page, PageSize = size, MedType = "11", BeginFromOn = from }, default)).Refusal?.Code);

    [Fact]
    public async Task States_FollowWhatHappened()
    {
        var psn = await world.Person();
        var visit = await node.Visit(psn, 10_000);
        Assert.Equal("open", await State(visit.MdtrtId));
        var settled = await node.Settled(visit);
        Assert.Equal("settled", await State(visit.MdtrtId));
        await node.Reversed(settled);
        Assert.Equal("open", await State(visit.MdtrtId));
        await node.CancelledEncounter(visit.MdtrtId, psn);
        Assert.Equal("cancelled", await State(visit.MdtrtId));

        var stay = await node.Visit(psn, 10_000, "21");
        Assert.Equal("discharged", await State(stay.MdtrtId));
        var stayed = await node.Settled(stay);
        Assert.Equal("settled", await State(stay.MdtrtId));
        var reversal = await node.Reversed(stayed);
        Assert.Equal("discharged", await State(stay.MdtrtId));
        await node.ReversedMessage(node.ReversingMessage(reversal));
        Assert.Equal("settled", await State(stay.MdtrtId));
    }

    [Fact]
    public async Task InterimSettlement_LeavesTheStayOpen()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100_000));
        var interim = node.Settling(mdtrtId, psn, 100_000);
        interim.Interim = true;
        var settled = await node.Settled(interim);
        Assert.Equal("open", await State(mdtrtId));
        await node.Reversed(settled);
        Assert.Equal("open", await State(mdtrtId));
    }

    [Fact]
    public async Task VisitWithTwoBills_IsSettledUntilBothAreCancelled()
    {
        var psn = await world.Person();
        var visit = await node.Visit(psn, 10_000);
        var first = await node.Settled(visit);
        await node.Charged(visit.MdtrtId, psn, "3", NodeActions.Fee("2", "A1", 500));
        var second = await node.Settled(node.Settling(visit.MdtrtId, psn, 500));
        await node.Reversed(second);
        Assert.Equal("settled", await State(visit.MdtrtId));
        await node.Reversed(first);
        Assert.Equal("open", await State(visit.MdtrtId));
    }

    [Fact]
    public async Task WhatWasRegistered_IsShown()
    {
        var psn = await world.Person();
        var opening = node.Opening(psn, "21", NodeActions.FirstOfJune);
        opening.Details.Particulars["coner_name"] = "李某";
        opening.Diagnosis.Add(new Diagnosis { Code = "K35.900", Name = "急性阑尾炎", Main = true });
        var mdtrtId = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        await node.Discharged(mdtrtId, psn, "3", NodeActions.TenthOfJune);
        var shown = Assert.Single((await Listed(new ListEncountersRequest { MdtrtId = mdtrtId })).Encounter);
        Assert.Equal((mdtrtId, psn, "390", node.Hospital("3"), "discharged", NodeActions.TenthOfJune, "1"),
            (shown.MdtrtId, shown.PsnNo, shown.Insutype, shown.FixmedinsCode, shown.State, shown.EndAtMs, shown.DischargeWay));
        Assert.Equal(opening.Details, shown.Details);
        Assert.Equal(opening.Diagnosis, shown.Diagnosis);
    }

    [Fact]
    public async Task Filters_AndPages_LatestBeginFirst()
    {
        var psn = await world.Person();
        var ids = new List<string>();
        for (var day = 1; day <= 5; day++) ids.Add(await node.Opened(psn, day % 2 == 0 ? "21" : "11", SettlementNode.At(2026, 5, day), day == 5 ? "2" : "3"));
        ids.Reverse();
        Assert.Equal(ids, (await Listed(new ListEncountersRequest { PsnNo = psn })).Encounter.Select(e => e.MdtrtId));
        var page = await Listed(new ListEncountersRequest { PsnNo = psn, PageNumber = 2, PageSize = 2 });
        Assert.Equal((5, ids[2], ids[3]), (page.Total, page.Encounter[0].MdtrtId, page.Encounter[1].MdtrtId));
        Assert.Equal(2, (await Listed(new ListEncountersRequest { PsnNo = psn, MedType = "21" })).Total);
        Assert.Equal([ids[1], ids[2]], (await Listed(new ListEncountersRequest { PsnNo = psn, BeginFromOn = 20260503, BeginToOn = 20260504 })).Encounter.Select(e => e.MdtrtId));
        Assert.Equal(1, (await Listed(new ListEncountersRequest { PsnNo = psn, FixmedinsCode = node.Hospital("2") })).Total);
        Assert.Empty((await Listed(new ListEncountersRequest { PsnNo = "P-NOBODY" })).Encounter);
    }

    private async Task<ListEncountersReply> Listed(ListEncountersRequest request) => (await ListEncounters.Query(node.Journal, node.Database, request, default)).Value;
    private async Task<string> State(string mdtrtId) => Assert.Single((await Listed(new ListEncountersRequest { MdtrtId = mdtrtId })).Encounter).State;
}
