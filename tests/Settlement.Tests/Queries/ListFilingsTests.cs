using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListFilingsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Filings_NewestFirst_ByKindAndDay()
    {
        var psn = await world.Person();
        var special = await node.Filed(node.Filing(psn, "SP1", from: 20260101, to: 20260531));
        var chronic = await node.Filed(node.Filing(psn, "CH1", from: 20260601));
        var referral = await node.Filed(node.Filing(psn, "I10", FilingKind.Referral, from: 20260601, other: node.Hospital("3")));
        var withdrawn = await node.Filed(node.Filing(psn, "SP1", from: 20260601));
        await node.Accepted(WithdrawFiling.Command(new WithdrawFilingRequest { Key = node.Key("2504"), FixmedinsCode = node.Hospital("3"), PsnNo = psn, FilingId = withdrawn.FilingId }));
        withdrawn.Withdrawn = true;

        Assert.Equal([withdrawn, referral, chronic, special], await Listed(new ListFilingsRequest { PsnNo = psn }));
        Assert.Equal([referral], await Listed(new ListFilingsRequest { PsnNo = psn, Kind = FilingKind.Referral }));
        Assert.Equal([special], await Listed(new ListFilingsRequest { PsnNo = psn, InForceOn = 20260531 }));
        Assert.Equal([referral, chronic], await Listed(new ListFilingsRequest { PsnNo = psn, InForceOn = 20260601 }));
        Assert.Equal([chronic], await Listed(new ListFilingsRequest { PsnNo = psn, InForceOn = 20301231, Kind = FilingKind.ChronicSpecial }));
        Assert.Empty(await Listed(new ListFilingsRequest { PsnNo = psn, InForceOn = 20251231 }));
        Assert.Empty(await Listed(new ListFilingsRequest { PsnNo = await world.Person() }));
    }

    private async Task<IReadOnlyList<Filing>> Listed(ListFilingsRequest request) => (await ListFilings.Query(node.Journal, node.Database, request, default)).Value.Filing;
}
