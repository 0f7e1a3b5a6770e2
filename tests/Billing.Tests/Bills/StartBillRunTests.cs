using System.Net;
using System.Text.Json;
using MedInsure.Billing.Bills;
using MedInsure.Billing.Tests.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.Bills;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class StartBillRunTests(BillingFixture fixture)
{
    [Fact]
    public async Task AnotherRequestUnderTheKeyAtTheSameTime_IsRefused()
    {
        await using var host = await fixture.Start(workers: false);
        var second = Task.FromResult((HttpStatusCode.OK, default(JsonElement)));
        await host.InTransaction(async (connection, transaction) =>
        {
            await Run("SELECT pg_advisory_xact_lock(hashtextextended('bills 310', 0))");
            second = host.Post("/bill-runs", new { request_key = "k1", insutype = "310", month = 2026_11, started_by = "王经办", reason = "补账" });
            while (!second.IsCompleted && await host.Sql<long>("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) await Task.Delay(10);
            await Run("INSERT INTO bill_run (request_key, insutype, month, started_by, reason, started_at) VALUES ('k1', '310', 202611, '王经办', '按月出账', now())");

            async Task Run(string sql)
            {
                await using var command = new NpgsqlCommand(sql, connection, transaction);
                await command.ExecuteNonQueryAsync();
            }
        });
        Assert.Equal("request.key_reused", await Code(second));
    }

    [Fact]
    public async Task MonthsGoOneAfterTheOther_AndARequestStartsOneRun()
    {
        await using var host = await fixture.Start(workers: false);
        var order = new { request_key = "k1", insutype = "310", month = 2026_11, started_by = "王经办", reason = "按月出账" };
        foreach (var (wrong, code) in new (object, string)[]
        {
            (order with { request_key = "" }, "request.key_missing"), (order with { insutype = "" }, "assessment.scheme_missing"), (order with { month = 2026_13 }, "bill.month_invalid"), (order with { month = 2026 }, "bill.month_invalid"),
            (order with { started_by = "" }, "approval.person_missing"), (order with { reason = "" }, "request.reason_missing"), (order with { month = 2026_12 }, "bill.month_ahead"), (order with { insutype = "390" }, "bill.not_monthly"),
        })
            Assert.Equal(code, await Code(host.Post("/bill-runs", wrong)));
        host.Neighbours.IsSettlementAway = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Post("/bill-runs", order)).Status);
        host.Neighbours.IsSettlementAway = false;

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => host.Post("/bill-runs", order)));
        Assert.Single(answers.Select(a => (a.Status, a.Body.GetProperty("run_no").GetInt64())).Distinct());
        Assert.Equal("request.key_reused", await Code(host.Post("/bill-runs", order with { month = 2026_10 })));
        Assert.Equal("bill.run_goes_on", await Code(host.Post("/bill-runs", order with { request_key = "k2" })));
        while (await host.Services.GetRequiredService<BillWorker>().Part(host.County, 10, default)) { }
        Assert.Equal("bill.month_out_of_order", await Code(host.Post("/bill-runs", order with { request_key = "k3", month = 2026_09 })));
        host.Today(2027, 1, 5);
        Assert.Equal("bill.month_out_of_order", await Code(host.Post("/bill-runs", order with { request_key = "k4", month = 2027_01 })));
        await host.BillMonth(2026_12);
        Assert.Equal("bill.run_unknown", await Code(host.Get("/bill-runs/99")));
        Assert.Equal(2, (await Ok(host.Get("/bill-runs"))).GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public async Task ChangedWhileBilled_IsInTheNextBill()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(Staff(1, "A", "E1", 10_000_00));
        await host.BillMonth(2026_11);
        // A newcomer of November, told after November's bill; then a late employer, who gets November's bill all the same.
        await host.Hear(Staff(2, "B", "E1", 5_000_00));
        await host.Hear(Staff(3, "C", "E2", 5_000_00));
        var again = await host.BillMonth(2026_11);
        Assert.Equal((1, "400.00"), (again.GetProperty("bills").GetInt32(), again.GetProperty("amount").GetString()));
        host.Today(2026, 12, 5);
        await host.BillMonth(2026_12);
        // December of A and B, 800 + 400, and B's November.
        Assert.Equal(160_000L, await host.Sql<long>("SELECT amount_fen FROM bill WHERE payer_no = 'E1' AND month = 202612"));
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM employment_unbilled"));
        await host.BillsAddUp();
    }
}
