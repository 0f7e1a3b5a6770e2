using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Settlement.Accounts;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Tests.Accounts;

/// <summary>What billing credits may be spent by the next bill, whether the writer holds the person or not.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class AccountCreditedHandlerTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson("P1", "310", "1101", 1_000);
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Theory]
    [InlineData(false)] // the writer holds the person
    [InlineData(true)]  // it does not
    public async Task Credit_IsSpentByTheNextBill(bool restart)
    {
        Assert.Equal(1_000, await Spend(3_000));
        if (restart) await node.Restart();
        await node.Credited(new AccountCredited("P1", 2_500, 1));
        Assert.Equal(2_500, await Spend(3_000));
        await node.Credited(new AccountCredited("P1", 2_600, 2));
        Assert.Equal(100, await Spend(3_000));
        var reply = (await GetAccountBalance.Query(node.Journal, new() { PsnNo = "P1" }, default)).Value;
        Assert.Equal((0, 1_000, 2_600, 3_600), (reply.BalanceFen, reply.OpeningFen, reply.CreditedFen, reply.TakenFen));
    }

    [Fact]
    public async Task OlderTotal_ChangesNothing()
    {
        await node.Credited(new AccountCredited("P1", 500, 7), new AccountCredited("P1", 300, 6));
        await node.Credited(new AccountCredited("P1", 400, 5));
        Assert.Equal(1_500, await node.Balance("P1"));
        await node.Restart();
        Assert.Equal(1_500, await node.Balance("P1"));
    }

    [Fact]
    public async Task CreditTakenBackAfterItWasSpent_LeavesNothingUntilItIsCreditedAgain()
    {
        await node.Credited(new AccountCredited("P1", 500, 1));
        Assert.Equal(1_500, await Spend(1_500));
        await node.Credited(new AccountCredited("P1", 0, 2));
        Assert.Equal((0, 0), (await node.Balance("P1"), await Spend(100)));
        await node.Credited(new AccountCredited("P1", 600, 3));
        Assert.Equal(100, await node.Balance("P1"));
    }

    [Fact]
    public async Task CommandThatReadTheTableBeforeTheEventWasCommitted_StillSeesTheCredit()
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Handle(connection, transaction, new AccountCredited("P1", 500, 1));
        Assert.Equal(1_500, await Spend(2_000)); // not committed yet: the table says nothing
        await transaction.CommitAsync();
        Assert.Equal(0, await Spend(2_000));
    }

    [Fact]
    public async Task Listener_TakesItIntoMemory()
    {
        Assert.Equal(1_000, await Spend(1_000));
        await new AccountCreditedListener(TenantJournals.Of(node.Journal)).Hear(node.Tenant.Code, [new AccountCredited("P1", 50, 1)], default);
        Assert.Equal(50, await node.Balance("P1"));
    }

    private async Task<long> Spend(long fen) => (await node.Settled(await node.Visit("P1", fen, insutype: "310", useAccount: true))).Claim().Amounts.AccountFen;

    private Task Handle(NpgsqlConnection connection, NpgsqlTransaction transaction, params AccountCredited[] events) =>
        new AccountCreditedHandler(TenantJournals.Of(node.Journal)).Handle(new EventContext(node.Tenant, node.Tenant.Code, connection, transaction), events, default);
}
