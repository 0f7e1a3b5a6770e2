using MedInsure.Billing.Accounts;
using MedInsure.Billing.Refunds;
using MedInsure.Billing.Tests.Accounts;
using MedInsure.Billing.Tests.Bills;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.Refunds;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class PersonMergedHandlerTests(BillingFixture fixture)
{
    [Fact]
    public async Task PaidTwice_IsProposedForRefundOnceAndPaidOnceMovesOver()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("OLD1"), TestPerson.New("NEW1"), TestPerson.New("OLD2"), TestPerson.New("NEW2"));
        await host.Assess(2027);
        foreach (var p in (string[])["OLD1", "NEW1", "OLD2"])
            await host.Post("/counter-payments", new { request_key = p, insutype = "390", year = 2027, amount = "280.00", payer = "李四", cashier = "王收费", persons = new[] { new { psn_no = p, amount = "280.00" } } });
        foreach (var retired in (string[])["OLD1", "OLD2"]) await host.Hear(TestPerson.New(retired, version: 2) with { Coverage = [] });

        var merges = new[] { new PersonMerged("OLD1", "NEW1", host.County.Code, 1, 2026_11_21, "同一证件", []), new PersonMerged("OLD2", "NEW2", host.County.Code, 2, 2026_11_21, "同一证件", []) };
        for (var i = 0; i < 2; i++) await Told(host, merges); // said twice it changes nothing more
        Assert.Equal((280_00L, 280_00L, 280_00L, 0L), (await Paid("OLD1"), await Paid("NEW1"), await Paid("NEW2"), await Paid("OLD2")));
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM outbox WHERE type = 'ContributionPaid' AND aggregate = 'NEW2'"));
        var refund = Assert.Single((await host.Get("/refunds?state=proposed")).Body.GetProperty("refunds").EnumerateArray());
        Assert.Equal(("OLD1", "280.00", "duplicate"), (refund.GetProperty("psn_no").GetString(), refund.GetProperty("amount").GetString(), refund.GetProperty("cause").GetString()));
        var no = refund.GetProperty("refund_no").GetInt64();
        Assert.Equal("approved", (await host.Post($"/refunds/{no}/decision", new { approved = true, approver = "赵复核" })).Body.GetProperty("state").GetString());
        Assert.Equal("paid", (await host.Post($"/refunds/{no}/pay-out", new { reference = "OUT1", paid_on = "2026-11-21", cashier = "王收费" })).Body.GetProperty("state").GetString());
        Assert.Equal(0L, await Paid("OLD1"));
        await host.MoneyAddsUp();

        Task<long> Paid(string psnNo) => host.Sql<long>($"SELECT paid_fen FROM assessment WHERE psn_no = '{psnNo}'");
    }

    /// <summary>Two years after: the county's 2027 has ended, nobody's change assesses it any more.</summary>
    [Fact]
    public async Task EndedYears_AreOwedOnceAndTheirMoneyMovesToo()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("OLD3"), TestPerson.New("NEW3"), TestPerson.New("OLD4"), TestPerson.New("NEW4"), TestPerson.New("OLD5"), TestPerson.New("NEW5"));
        await host.Assess(2027);
        foreach (var p in (string[])["OLD3", "OLD4", "NEW4"])
            await host.Post("/counter-payments", new { request_key = p, insutype = "390", year = 2027, amount = "280.00", payer = "李四", cashier = "王收费", persons = new[] { new { psn_no = p, amount = "280.00" } } });
        host.Clock.Now = host.Clock.Now.AddYears(2);
        foreach (var retired in (string[])["OLD3", "OLD4", "OLD5"]) await host.Hear(TestPerson.New(retired, version: 2) with { Coverage = [] });
        Assert.Equal(6L, await host.Sql<long>("SELECT count(*) FROM assessment WHERE year = 2027 AND NOT withdrawn"));

        for (var i = 0; i < 2; i++) await Told(host, [Merge("OLD3", "NEW3", 3), Merge("OLD4", "NEW4", 4), Merge("OLD5", "NEW5", 5)]);
        Assert.Equal(["NEW3 280.00", "NEW4 280.00", "NEW5 0.00", "OLD3 0.00 withdrawn", "OLD4 280.00 withdrawn", "OLD5 0.00 withdrawn"],
            (await host.Sql<string>("SELECT string_agg(psn_no || ' ' || to_char(paid_fen / 100.0, 'FM990.00') || CASE WHEN withdrawn THEN ' withdrawn' ELSE '' END, ',' ORDER BY psn_no) FROM assessment WHERE year = 2027")).Split(','));
        var refund = Assert.Single((await host.Get("/refunds?state=proposed")).Body.GetProperty("refunds").EnumerateArray());
        Assert.Equal(("OLD4", 2027, "280.00", "duplicate"), (refund.GetProperty("psn_no").GetString(), refund.GetProperty("year").GetInt32(), refund.GetProperty("amount").GetString(), refund.GetProperty("cause").GetString()));
        await host.MoneyAddsUp();

        PersonMerged Merge(string retired, string surviving, long no) => new(retired, surviving, host.County.Code, no, 2028_11_21, "同一证件", []);
    }

    [Fact]
    public async Task MergesToldTogether_HoldTheNumbersOfIncomesAfterAllAccounts()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("OLD1"), TestPerson.New("NEW1"), TestPerson.New("OLD2"), TestPerson.New("NEW2"));
        await host.Hear(Freelancer(1, "OLD1"), Freelancer(2, "NEW1"));
        await host.BillMonth(2026_11);
        await Ok(host.Post("/flexible-payments", new { request_key = "k1", psn_no = "OLD1", insutype = "310", months = (int[])[2026_11], amount = "373.33", payer = "李四", cashier = "王收费" }));
        // It never was: what was paid for it pays the survivor's month, whose account is credited.
        await host.Hear(Freelancer(1, "OLD1", to: 2026_10, version: 2));
        await host.Credited(new AccountPosting("NEW2", "credit", 10, 2026_01_31, "B1"));

        await using var connection = await host.Database.OpenConnectionAsync();
        await using (var other = await connection.BeginTransactionAsync())
        {
            await Run("SELECT FROM account WHERE psn_no = 'NEW2' FOR UPDATE");
            var merging = Told(host, [Merge("OLD1", "NEW1", 1), Merge("OLD2", "NEW2", 2)]);
            while (!merging.IsCompleted && await host.Sql<long>("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) await Task.Delay(10);
            Assert.False(merging.IsCompleted);
            // Who holds an account goes on to the numbers; were they held by the merges, each would wait for the other.
            await Run("SET LOCAL lock_timeout = '10s'; UPDATE income_counter SET last_posting_no = last_posting_no");
            await other.RollbackAsync();
            await merging;
        }
        Assert.Equal((93_33L, 37_333L), (await host.Sql<long>("SELECT credited_fen FROM account WHERE psn_no = 'NEW1'"), await host.Sql<long>("SELECT paid_fen FROM assessment WHERE psn_no = 'NEW1' AND year = 202611")));
        await host.MoneyAddsUp();

        async Task Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        PersonMerged Merge(string retired, string surviving, long no) => new(retired, surviving, host.County.Code, no, 2026_11_21, "同一证件", []);
    }

    private static async Task Told(BillingHost host, PersonMerged[] merges)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await new PersonMergedHandler(host.Services.GetRequiredService<ChinaCalendar>()).Handle(new EventContext(host.County, host.County.Code, connection, transaction), merges, default);
        await transaction.CommitAsync();
    }
}
