using MedInsure.Settlement.AuditNotices;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.AuditNotices;

/// <summary>Where a notice's money is, part by part.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class GetAuditNoticeTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private AuditMoneyDesk desk = null!;

    public async Task InitializeAsync() => desk = new AuditMoneyDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task Deduction_NamesItsStatementAndState()
    {
        var notice = await desk.Booked(10_000);
        Assert.Equal(("inspection", "", 0), (await Only(notice)) is var waiting ? (waiting.Kind, waiting.StatementNo, waiting.Month) : default);
        var no = await desk.Claimed();
        await desk.Agency.Approved(no);
        Assert.Equal((no, 202606, "approved", 10_000L), (await Only(notice)) is var taken ? (taken.StatementNo, taken.Month, taken.StatementState, taken.AmountFen) : default);

        async Task<Protos.Settlement.V1.AuditNoticeDeduction> Only(string of) => Assert.Single((await desk.Shown(of)).Deduction);
    }

    [Fact]
    public async Task UnknownNumber_IsRefused() => Assert.Equal("audit_notice.unknown", (await GetAuditNotice.Query(node.Database, desk.Desk.County, "K", default)).Refusal?.Code);
}
