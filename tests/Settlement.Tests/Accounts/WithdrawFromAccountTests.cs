using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Accounts;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Accounts;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class WithdrawFromAccountTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson("P1", "310", "1101", 10_000);
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private WithdrawFromAccountRequest Withdrawing(long fen, string psnNo = "P1", string cause = "pay_out", string? key = null) =>
        new() { Key = node.Key("account", key, $"{psnNo} {fen} {cause}"), PsnNo = psnNo, AmountFen = fen, Cause = cause };

    [Fact]
    public async Task Refusals_ComeInTheirOrder()
    {
        node.Enrollment = _ => new Protos.Enrollment.V1.BatchGetPersonsReply();
        Assert.Equal("person.unknown", await node.Refused(WithdrawFromAccount.Command(Withdrawing(-1, "P-NOBODY", "?"))));
        Assert.Equal("person.unknown", await node.Refused(WithdrawFromAccount.Command(Withdrawing(-1, "", "?"))));
        Assert.Equal("account.cause_unknown", await node.Refused(WithdrawFromAccount.Command(Withdrawing(-1, cause: "?"))));
        Assert.Equal("account.amount_invalid", await node.Refused(WithdrawFromAccount.Command(Withdrawing(-1))));
        Assert.Equal("account.balance_short", await node.Refused(WithdrawFromAccount.Command(Withdrawing(10_001))));
        await node.Accepted(WithdrawFromAccount.Command(Withdrawing(10_000)));
        Assert.Equal("account.balance_short", await node.Refused(WithdrawFromAccount.Command(Withdrawing(0)))); // all of nothing
    }

    [Fact]
    public async Task WhatIsWithdrawn_IsGoneForBills_AndComesNoSecondTime()
    {
        var first = await node.Accepted(WithdrawFromAccount.Command(Withdrawing(4_000, key: "W1")));
        Assert.Equal(6_000, await node.Balance("P1"));
        var again = await node.Accepted(WithdrawFromAccount.Command(Withdrawing(4_000, key: "W1")));
        Assert.True(again.IsReplay);
        Assert.Equal(WithdrawFromAccount.Reply(first.Record), WithdrawFromAccount.Reply(again.Record));
        Assert.Equal("request.key_reused", await node.Refused(WithdrawFromAccount.Command(Withdrawing(4_001, key: "W1"))));
        await node.Restart();
        Assert.True((await node.Accepted(WithdrawFromAccount.Command(Withdrawing(4_000, key: "W1")))).IsReplay);
        var bill = (await node.Settled(await node.Visit("P1", 7_000, insutype: "310", useAccount: true))).Claim().Amounts;
        Assert.Equal((6_000, 1_000, 0), (bill.AccountFen, bill.CashFen, bill.AccountBalanceFen));
        await Verified();
    }

    [Fact]
    public async Task NoAmount_TakesAllThatIsThere()
    {
        await node.Settled(await node.Visit("P1", 1_234, insutype: "310", useAccount: true));
        var reply = WithdrawFromAccount.Reply((await node.Accepted(WithdrawFromAccount.Command(Withdrawing(0, cause: "inheritance")))).Record);
        Assert.Equal((8_766, 0), (reply.AmountFen, await node.Balance("P1")));
    }

    [Fact]
    public async Task ReversalAfterwards_BringsItsPartBack_AndCannotBeUndoneOnceThatWentToo()
    {
        var bill = await node.Settled(await node.Visit("P1", 3_000, insutype: "310", useAccount: true));
        await node.Accepted(WithdrawFromAccount.Command(Withdrawing(0)));
        var reversed = await node.Reversed(bill);
        Assert.Equal((3_000, 3_000), (await node.Balance("P1"), reversed.Claim().Amounts.AccountBalanceFen));
        await node.Accepted(WithdrawFromAccount.Command(Withdrawing(2_999)));
        Assert.Equal("settlement.later_exists", await node.RefusedReversal(node.ReversingMessage(reversed)));
        Assert.Equal(1, await node.Balance("P1"));
        await Verified();
    }

    [Fact]
    public async Task ManyAtOnce_NeverTakeMoreThanThereIs()
    {
        var bills = new List<SettleClaimRequest>();
        for (var i = 0; i < 20; i++) bills.Add(await node.Visit("P1", 700, insutype: "310", useAccount: true));
        var withdrawals = Enumerable.Range(0, 20).Select(_ => node.Submit(WithdrawFromAccount.Command(Withdrawing(900))));
        var settled = bills.Select(b => node.Submit(SettleClaim.Command(b)));
        var done = await Task.WhenAll(withdrawals.Zip(settled).SelectMany(pair => new[] { pair.First, pair.Second }));
        var taken = done.Where(o => o.Refusal is null).Sum(o => o.Value.Record.AccountWithdrawn?.AmountFen ?? o.Value.Claim().Amounts.AccountFen);
        Assert.All(done.Where(o => o.Refusal is not null), o => Assert.Equal("account.balance_short", o.Refusal!.Code));
        Assert.Equal(10_000 - taken, await node.Balance("P1"));
        Assert.True(taken is <= 10_000 and > 9_100, $"{taken}");
        await Verified();
    }

    [Fact]
    public async Task Everything_IsToldToBillingOnceAndBalancesInTheLedger()
    {
        var bill = await node.Settled(await node.Visit("P1", 3_000, insutype: "310", useAccount: true));
        var withdrawn = await node.Accepted(WithdrawFromAccount.Command(Withdrawing(500, cause: "transfer_out")));
        var reversed = await node.Reversed(bill);
        await node.Settled(await node.Visit("P1", 1_000, insutype: "310")); // without the account: nothing to tell
        await Verified();
        var told = new List<AccountDebited>();
        await using (var command = node.Database.CreateCommand("SELECT payload FROM outbox WHERE type = 'AccountDebited' ORDER BY seq"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) told.Add(EventJson.Read<AccountDebited>(reader.GetFieldValue<byte[]>(0)));
        Assert.Equal(
        [
            new AccountDebited("P1", "settlement", bill.SetlId(), "P1", 3_000, 2026_06_30),
            new AccountDebited("P1", "withdrawal", withdrawn.Record.AccountWithdrawn.WithdrawalNo, "P1", 500, 2026_06_30),
            new AccountDebited("P1", "settlement", reversed.SetlId(), "P1", -3_000, 2026_06_30),
        ], told);
        await using var ledger = node.Database.CreateCommand($"SELECT string_agg(purpose || ' ' || amount_fen, ', ' ORDER BY entry_no) FROM ledger_entry JOIN ledger_account USING (account_id) WHERE setl_no = {TenantState.NumberOf(withdrawn.Record.AccountWithdrawn.WithdrawalNo)}");
        Assert.Equal("personal_account 500, person_payable -500", await ledger.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("UPDATE account_withdrawal SET amount_fen = amount_fen + 1", "is not the journal's")]
    [InlineData("DELETE FROM account_withdrawal", "settlements are in the ledger alone")]
    [InlineData("UPDATE account SET paid_fen = 0", "the account of P1 is not the sum")]
    [InlineData("DELETE FROM ledger_entry", "is booked otherwise")]
    public async Task ChangedBehindItsBack_IsFound(string sql, string finding)
    {
        await node.Accepted(WithdrawFromAccount.Command(Withdrawing(500)));
        await node.Projected();
        await node.Tamper(sql);
        Assert.Contains(finding, Assert.Single((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings), StringComparison.Ordinal);
    }

    private async Task Verified()
    {
        await node.Projected();
        Assert.Empty((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings);
    }
}
