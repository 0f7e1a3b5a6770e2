using MedInsure.Events;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>What billing received becomes vouchers: balanced in every fund, in a chain of hashes, once.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class IncomeReceivedHandlerTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = await SettlementNode.Create(postgres.Server);
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private LedgerDesk Desk => new(node);

    private Task Hear(params IncomeReceived[] incomes) => Desk.Hear(incomes);

    private Task<List<string>> Rows(string sql) => Desk.Rows(sql);

    private Task<List<string>> Balances() => Rows("SELECT purpose || '/' || fund || '/' || counterparty || ' ' || sum(amount_fen) FROM voucher_entry JOIN ledger_account USING (account_id) GROUP BY purpose, fund, counterparty HAVING sum(amount_fen) <> 0 ORDER BY 1");

    [Fact]
    public async Task EverySource_IsRevenueOfItsFundAgainstTheAccountThatGotTheMoney()
    {
        await Hear(LedgerDesk.Income(1, "personal", 28_000), LedgerDesk.Income(2, "central", 60_000, channel: "treasury", payer: "finance"), LedgerDesk.Income(3, "employer", 600, 180, "310", "bank-icbc", "E1"), LedgerDesk.Income(4, "employee", 200, 200, "310", "bank-icbc", "E1"));
        Assert.Equal(
        [
            "fiscal_account/390100/ 60000", "personal_account/310200/ -380", "revenue_account/310100/bank-icbc 420", "revenue_account/310200/bank-icbc 380", "revenue_account/390100/counter 28000",
            "revenue_central/390100/finance -60000", "revenue_employer/310100/E1 -420", "revenue_personal/390100/ -28000",
        ], await Balances());
        // Each fund balances in itself.
        Assert.Empty(await Rows("SELECT voucher_no::text FROM voucher_entry JOIN ledger_account USING (account_id) GROUP BY voucher_no, fund HAVING sum(amount_fen) <> 0"));
        Assert.Equal(["income 1 2026-06-29 2026-06-30 28000"], await Rows("SELECT kind || ' ' || number || ' ' || effective_on || ' ' || booked_on || ' ' || amount_fen FROM voucher WHERE voucher_no = 1"));
    }

    [Fact]
    public async Task SuspenseFound_BelongsToItsFundAndPaidBack_ToNobody()
    {
        await Hear(LedgerDesk.Income(1, "suspense", 28_000), LedgerDesk.Income(2, "suspense", 5_000));
        Assert.Equal(["revenue_account//counter 33000", "suspense// -33000"], await Balances());
        await Hear(LedgerDesk.Income(3, "suspense", -28_000), LedgerDesk.Income(4, "personal", 28_000), LedgerDesk.Income(5, "suspense", -5_000));
        Assert.Equal(["revenue_account/390100/counter 28000", "revenue_personal/390100/ -28000"], await Balances());
    }

    [Fact]
    public async Task VouchersOfManyMessages_AreOneChain()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(m => Hear([.. Enumerable.Range(1, 5).Select(i => LedgerDesk.Income(5 * m + i, "personal", i))])));
        var hash = LedgerText.Start(node.Tenant.Code);
        await using var command = node.Database.CreateCommand("SELECT voucher_no, document, hash FROM voucher ORDER BY voucher_no");
        await using (var reader = await command.ExecuteReaderAsync())
            for (var no = 1L; await reader.ReadAsync(); no++)
            {
                Assert.Equal(no, reader.GetInt64(0));
                hash = LedgerText.Hash(hash, reader.GetFieldValue<byte[]>(1));
                Assert.Equal(hash, reader.GetFieldValue<byte[]>(2));
            }
        Assert.Equal(["40 " + Convert.ToHexStringLower(hash)], await Rows("SELECT voucher_no || ' ' || encode(hash, 'hex') FROM ledger_head"));
    }

    [Fact]
    public async Task SameIncomeAgain_IsNotBookedTwice_NorWithOtherContent()
    {
        await Hear(LedgerDesk.Income(1, "personal", 28_000));
        await Hear(LedgerDesk.Income(1, "personal", 28_000), LedgerDesk.Income(2, "personal", 1), LedgerDesk.Income(2, "personal", 1));
        Assert.Equal(["1 28000", "2 1"], await Rows("SELECT number || ' ' || amount_fen FROM voucher ORDER BY voucher_no"));
        foreach (var other in (IncomeReceived[])[LedgerDesk.Income(1, "personal", 28_001), LedgerDesk.Income(1, "aid", 28_000), LedgerDesk.Income(1, "personal", 28_000, period: 2027)])
            await Assert.ThrowsAsync<InvalidOperationException>(() => Hear(LedgerDesk.Income(3, "personal", 1), other));
        Assert.Equal(["2"], await Rows("SELECT voucher_no::text FROM ledger_head"));
    }

    [Fact]
    public async Task MoneyDatedIntoTomorrow_TakesEffectToday()
    {
        await Hear(LedgerDesk.Income(1, "personal", 1, valueOn: 2026_07_01));
        Assert.Equal(["2026-06-30"], await Rows("SELECT effective_on::text FROM voucher"));
    }

    [Theory]
    [InlineData("UPDATE voucher SET document = ''")]
    [InlineData("DELETE FROM voucher")]
    [InlineData("UPDATE voucher_entry SET amount_fen = 1")]
    [InlineData("TRUNCATE voucher_entry")]
    public async Task WhatIsBooked_TheServiceItselfCannotChange(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }
}
