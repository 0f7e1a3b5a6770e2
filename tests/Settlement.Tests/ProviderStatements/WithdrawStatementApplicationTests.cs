using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>Taking an application back, until the review begins.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class WithdrawStatementApplicationTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private StatementDesk desk = null!;

    public async Task InitializeAsync() => desk = new StatementDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task WithdrawnApplication_FreesItsSettlements()
    {
        await desk.Bill(20_000);
        desk.Ledger.SetDay(7, 1);
        var applied = await desk.Applied("11");
        var withdrawn = LedgerDesk.Value(await desk.Withdraw(applied.ClrAppyEvtId, "漏报"));
        Assert.Equal(("", "漏报"), (withdrawn.ClrStas, withdrawn.Reason));
        Assert.Equal(withdrawn, LedgerDesk.Value(await desk.Withdraw(applied.ClrAppyEvtId, "再撤一次")));
        Assert.Equal(["applied", "withdrawn"], await desk.Ledger.Rows($"SELECT act FROM provider_act WHERE subject = '{applied.ClrAppyEvtId}' ORDER BY act_no"));
        Assert.NotEqual(applied.ClrAppyEvtId, (await desk.Applied("11")).ClrAppyEvtId);
    }

    [Fact]
    public async Task Refusals_InTheirOrder()
    {
        await desk.Bill(20_000);
        desk.Ledger.SetDay(7, 1);
        var applied = await desk.Applied("11");
        Assert.Equal("statement.reason_invalid", (await desk.Withdraw(applied.ClrAppyEvtId, new string('长', 501))).Refusal?.Code);
        foreach (var unknown in (string[])["", "x", $"{desk.County}C000000000099", $"{desk.County}T000000000001"]) Assert.Equal("statement.application_unknown", (await desk.Withdraw(unknown)).Refusal?.Code);
        Assert.Equal("statement.application_unknown", (await desk.Withdraw(applied.ClrAppyEvtId, provider: node.Hospital("2"))).Refusal?.Code);
    }
}
