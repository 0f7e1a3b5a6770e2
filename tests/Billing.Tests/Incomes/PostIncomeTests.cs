using System.Net;
using System.Text;
using MedInsure.Billing.Incomes;
using MedInsure.Events;
using Npgsql;

namespace MedInsure.Billing.Tests.Incomes;

/// <summary>What moves money says what came, by source, once and without a gap; settlement is told the same.</summary>
[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class PostIncomeTests(BillingFixture fixture)
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    private static IncomePosting Posting(long amount, long account = 0, string source = "employer", string payer = "E1") => new(source, "310", 2026_11, amount, account, Day, "bank-icbc", payer, "B1");

    private static async Task Post(BillingHost host, bool commit, params IncomePosting[] postings)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await PostIncome.Run(connection, transaction, postings, host.Clock.Now, default);
        if (commit) await transaction.CommitAsync();
    }

    private static async Task<List<string>> Rows(BillingHost host, string sql = "SELECT posting_no || ' ' || source || ' ' || insutype || ' ' || period || ' ' || amount_fen || ' ' || account_fen || ' ' || value_on || ' ' || channel || ' ' || payer || ' ' || reference FROM income ORDER BY income_no")
    {
        await using var command = host.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    private static async Task<List<IncomeReceived>> Told(BillingHost host) =>
        [.. (await Rows(host, "SELECT convert_from(payload, 'UTF8') FROM outbox WHERE type = 'IncomeReceived' ORDER BY seq")).Select(t => EventJson.Read<IncomeReceived>(Encoding.UTF8.GetBytes(t)))];

    [Fact]
    public async Task SameSourceInOnePosting_IsOneIncomeOfEachSign()
    {
        await using var host = await fixture.Start(workers: false);
        await Post(host, true, Posting(100, 30), Posting(50, 15), Posting(-20, -6), Posting(0), Posting(40, 40, "employee"), Posting(7, payer: "E2"));
        Assert.Equal(["1 employer 310 202611 150 45 2026-11-20 bank-icbc E1 B1", "1 employer 310 202611 -20 -6 2026-11-20 bank-icbc E1 B1", "1 employee 310 202611 40 40 2026-11-20 bank-icbc E1 B1", "1 employer 310 202611 7 0 2026-11-20 bank-icbc E2 B1"], await Rows(host));
        Assert.Equal(new IncomeReceived(2, "employer", "310", 2026_11, -20, -6, 2026_11_20, "bank-icbc", "E1", 1, "B1"), (await Told(host))[1]);
        await Post(host, true); // nothing came: no number is used
        await Post(host, true, Posting(5));
        Assert.Equal([1, 2, 3, 4, 5], (await Told(host)).Select(t => t.IncomeNo));
        Assert.Equal(2, (await Told(host))[4].PostingNo);
    }

    [Fact]
    public async Task PostedAtOnceAndRolledBack_LeavesNoGapAndTellsInOrder()
    {
        await using var host = await fixture.Start(workers: false);
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i => Post(host, i % 4 != 0, Posting(i), Posting(i, payer: "E2"))));
        var told = await Told(host);
        Assert.Equal(Enumerable.Range(1, 60).Select(i => (long)i), told.Select(t => t.IncomeNo));
        Assert.Equal(30, told.Select(t => t.PostingNo).Distinct().Count());
        Assert.Equal(60L, await host.Sql<long>("SELECT count(*) FROM income"));
    }

    [Theory]
    [InlineData("present", 1, 0)]
    [InlineData("employer", 10, 11)]
    [InlineData("employer", 10, -1)]
    public async Task WhatNoAccountTakes_IsNotWritten(string source, long amount, long account)
    {
        await using var host = await fixture.Start(workers: false);
        await Assert.ThrowsAsync<PostgresException>(() => Post(host, true, Posting(amount, account, source)));
        Assert.Empty(await Rows(host));
        Assert.Equal(0L, await host.Sql<long>("SELECT last_income_no FROM income_counter"));
    }

    [Fact]
    public async Task MoneyFromTheCounterToTheRefund_IsIncomeOfItsSourceAtEveryStep()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"));
        await host.Assess(2027);
        // A statement tells of it first, then its channel for whom it is.
        await host.Upload("/bank-files?uploaded_by=x", Encoding.UTF8.GetBytes($"H,{host.County.Code},statement,online-unionpay,2026-11-20\nD,T1,280.00,2026-11-20\nT,1,280.00\n"));
        var order = (await host.Post("/online-orders", new { request_key = "o1", channel = "unionpay", insutype = "390", year = 2027, payer = "李四", persons = new[] { new { psn_no = "A", amount = "280.00" } } })).Body.GetProperty("order_no").GetInt64();
        foreach (var _ in (int[])[1, 2]) Assert.Equal(HttpStatusCode.OK, (await host.Callback(new { transaction_no = "T1", order_no = order, amount = "280.00", paid_on = "2026-11-21" })).Status);
        await host.MoneyAddsUp();
        // Dead before the year: taken back, paid out.
        await host.Hear(TestPerson.New("A", version: 2) with { DiedOn = 2026_12_30 });
        var refund = (await host.Post("/refunds", new { request_key = "r1", payment_no = 1, psn_no = "A", insutype = "390", year = 2027, amount = "280.00", cause = "death", reason = "死亡", payee = "李四", proposed_by = "钱经办" })).Body.GetProperty("refund_no").GetInt64();
        await host.Post($"/refunds/{refund}/decision", new { approved = true, approver = "赵复核" });
        await host.MoneyAddsUp();
        foreach (var _ in (int[])[1, 2]) Assert.Equal(HttpStatusCode.OK, (await host.Post($"/refunds/{refund}/pay-out", new { reference = "OUT1", paid_on = "2026-11-19", cashier = "王收费" })).Status);
        await host.MoneyAddsUp();
        Assert.Equal([
            "1 suspense  0 28000 0 2026-11-20 online-unionpay  ",
            "2 suspense  0 -28000 0 2026-11-21 online-unionpay  ", "2 personal 390 2027 28000 0 2026-11-21 online-unionpay  ",
            "3 personal 390 2027 -28000 0 2026-11-21 online-unionpay  ", "3 suspense  0 28000 0 2026-11-21 online-unionpay  ",
            "4 suspense  0 -28000 0 2026-11-19 online-unionpay  OUT1",
        ], await Rows(host));
    }

    [Fact]
    public async Task ArrivalsOfPayers_AreIncomeOnceEach()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New(), TestPerson.New(categories: "low_income"));
        await host.Assess(2026);
        foreach (var (kind, level, payer, amount, reference) in ((string, string, string, string, string)[])[("subsidy", "central", "finance", "600.00", "B1"), ("subsidy", "central", "finance", "600.00", "B1"), ("subsidy", "central", "finance", "-10.00", "B2"),
            ("aid", "county", "civil_affairs", "250", "B3"), ("subsidy", "city", "finance", "1.00", "B4")]) // the city owes nothing: refused
            await host.Post("/subsidies/390/2026/arrivals", new { kind, level, payer, amount, value_date = "2026-11-20", reference, recorded_by = "王出纳" });
        Assert.Equal(["1 central 390 2026 60000 0 2026-11-20 treasury finance B1", "2 central 390 2026 -1000 0 2026-11-20 treasury finance B2", "3 aid 390 2026 25000 0 2026-11-20 treasury county civil_affairs B3"], await Rows(host));
        await host.MoneyAddsUp();
    }

    [Fact]
    public async Task Incomes_AreListedAndToldAgain()
    {
        await using var host = await fixture.Start(workers: false);
        await Post(host, true, Posting(100, 30), Posting(7, payer: "E2"));
        await Post(host, true, Posting(40, 40, "employee"));
        var told = await Told(host);
        Assert.Equal(["1.00", "0.07", "0.40"], (await host.Get("/incomes")).Body.GetProperty("incomes").EnumerateArray().Select(i => i.GetProperty("amount").GetString()));
        Assert.Equal(3, Assert.Single((await host.Get("/incomes?source=employee&day=2026-11-20&after=1&page_size=5")).Body.GetProperty("incomes").EnumerateArray()).GetProperty("income_no").GetInt64());
        Assert.Equal("page.size_invalid", (await host.Get("/incomes?page_size=0")).Body.GetProperty("code").GetString());
        Assert.Equal("payment.day_invalid", (await host.Get("/incomes?day=today")).Body.GetProperty("code").GetString());
        Assert.Equal("approval.person_missing", (await host.Post("/incomes/retelling", new { from_no = 2 })).Body.GetProperty("code").GetString());
        var again = (await host.Post("/incomes/retelling", new { from_no = 2, asked_by = "王经办" })).Body;
        Assert.Equal((2, false), (again.GetProperty("incomes").GetInt32(), again.TryGetProperty("next_from", out _))); // that was all
        Assert.Equal([.. told, told[1], told[2]], await Told(host));
        Assert.Equal(3L, await host.Sql<long>("SELECT count(*) FROM income"));
    }

    [Fact]
    public async Task MoneyWithoutIncome_IsSeen()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Callback(new { transaction_no = "T1", amount = "280.00", paid_on = "2026-11-21" });
        Assert.Equal(1, (await host.Get("/payments")).Body.GetProperty("payments").GetArrayLength()); // of any day
        Assert.Equal(0, (await host.Get("/payments?day=2026-11-20")).Body.GetProperty("payments").GetArrayLength());
        await host.Sql<DBNull>("INSERT INTO payment (channel, reference, content, amount_fen, value_on, payer, taken_by, received_at, allocated_fen, suspense_fen, refunded_fen) VALUES ('counter', 'X', '', 5, '2026-11-21', '', '', now(), 0, 5, 0)");
        Assert.Equal(["2026-11-21 counter 0 5"], await Rows(host, "SELECT value_on || ' ' || channel || ' ' || income_fen || ' ' || moved_fen FROM income_difference"));
    }
}
