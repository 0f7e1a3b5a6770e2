using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Filings;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class WithdrawFilingTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<WithdrawFilingRequest> Order = new(
        ("person.unknown", (_, r) => r.PsnNo = "P-NOBODY"),
        ("filing.unknown", (w, r) => r.FilingId = w.Node.Tenant.Code + "F999999999999"),
        ("filing.unknown", (w, r) => r.PsnNo = w.OtherPsn), // it is another person's
        ("filing.unknown", (_, r) => r.Kind = FilingKind.Referral));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row)
    {
        var filing = await node.Filed(node.Filing(await world.Person()));
        await Order.Check(row, world, () => Withdrawing(filing), r => node.Refused(WithdrawFiling.Command(r)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filing_IsWithdrawnOnce(bool restart)
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var filing = await county.Filed(county.Filing("P1"));
        if (restart) await county.Restart();
        var request = new WithdrawFilingRequest { Key = county.Key("2504"), FixmedinsCode = county.Hospital("3"), PsnNo = "P1", FilingId = filing.FilingId, Kind = FilingKind.ChronicSpecial, Memo = "痊愈" };
        var withdrawn = WithdrawFiling.Reply(await county.Accepted(WithdrawFiling.Command(request)));
        filing.Withdrawn = true;
        Assert.Equal(filing, withdrawn);
        if (restart) await county.Restart();
        Assert.Equal(withdrawn, WithdrawFiling.Reply(await county.Accepted(WithdrawFiling.Command(request.Clone()))));
        request = request.Clone();
        request.Key = county.Key("2504");
        Assert.Equal("filing.unknown", await county.Refused(WithdrawFiling.Command(request)));
        Assert.Equal(filing, Assert.Single((await ListFilings.Query(county.Journal, county.Database, new ListFilingsRequest { PsnNo = "P1" }, default)).Value.Filing));
    }

    private WithdrawFilingRequest Withdrawing(Filing filing) => new() { Key = node.Key("2504"), FixmedinsCode = node.Hospital("3"), PsnNo = filing.PsnNo, FilingId = filing.FilingId, Kind = FilingKind.ChronicSpecial };
}
