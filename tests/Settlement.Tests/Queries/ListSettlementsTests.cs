using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListSettlementsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("query.page_invalid", -1, 0, "P")]
    [InlineData("query.page_invalid", 1, 1_001, "")]
    [InlineData("query.day_invalid", 1, 10, "", 20261301)]
    [InlineData("query.too_wide", 1, 10, "")]
    public async Task BadQuery_IsRefused(string code, int page, int size, string psn, int to = 0) => Assert.Equal(code,
        (await ListSettlements.Query(node.Journal, node.Database, new ListSettlementsRequest { PsnNo = psn, PageNumber = page, PageSize = size, SettledFromOn = 20260101, SettledToOn = to }, default)).Refusal?.Code);

    [Fact]
    public async Task Row_IsTheAnswerThatTheSettlementGot()
    {
        var psn = await world.Person("310", "1101", creditFen: 5_000);
        var request = await node.Visit(psn, 200_000, "21", insutype: "310", useAccount: true);
        (request.InvoiceNo, request.CertificateType) = ("FP-1", "02");
        var settled = await node.Settled(request);
        Assert.Equal(SettlementRendering.Reply(settled), await node.Shown(settled.SetlId()));
        var reversal = await node.Reversed(settled);
        var shown = await node.Shown(reversal.SetlId());
        Assert.Equal(SettlementRendering.Reply(reversal), shown);
        Assert.Equal(("FP-1", "02", "王测试", "21"), (shown.InvoiceNo, shown.CertificateType, shown.Person.PsnName, shown.ClearingType));
    }

    [Fact]
    public async Task Filters_AndPages_NewestFirst()
    {
        var clock = new SetTime(SettlementNode.Start);
        await using var county = await SettlementNode.Create(postgres.Server, time: clock);
        await county.AddPerson("P1");
        var ids = new List<string>();
        // The last one is booked half an hour after midnight in China, which is the day before in UTC.
        foreach (var at in new[] { SettlementNode.Start, SettlementNode.Start.AddHours(11), SettlementNode.Start.AddHours(12.5) })
        {
            clock.Now = at;
            ids.Add((await county.Settled(county.Inline("P1", 1_000, level: ids.Count == 0 ? "2" : "3"))).SetlId());
        }
        var reversed = (await county.Reversed(await Second())).SetlId();
        async Task<Settlement.Journal.Committed> Second() => await county.Settled(county.Inline("P1", 500));
        ListSettlementsRequest All() => new() { PsnNo = "P1" };
        async Task<string[]> Listed(ListSettlementsRequest r) => [.. (await ListSettlements.Query(county.Journal, county.Database, r, default)).Value.Settlement.Select(s => s.SetlId)];

        var all = await Listed(All());
        Assert.Equal((5, reversed), (all.Length, all[0]));
        Assert.Equal(all.OrderDescending(StringComparer.Ordinal), all);
        var page = All();
        (page.PageNumber, page.PageSize) = (2, 2);
        Assert.Equal(all[2..4], await Listed(page));
        var days = All();
        (days.SettledFromOn, days.SettledToOn) = (20260630, 20260630);
        Assert.Equal([ids[1], ids[0]], await Listed(days));
        Assert.Equal([ids[0]], await Listed(new ListSettlementsRequest { FixmedinsCode = county.Hospital("2") }));
        Assert.Empty(await Listed(new ListSettlementsRequest { SetlId = "nowhere" }));
    }

    [Fact]
    public async Task SettlementJustAnswered_IsSeen()
    {
        var psn = await world.Person();
        for (var i = 1; i <= 20; i++)
        {
            await node.Settled(node.Inline(psn, 100));
            Assert.Equal(i, (await ListSettlements.Query(node.Journal, node.Database, new ListSettlementsRequest { PsnNo = psn }, default)).Value.Total);
        }
    }
}
