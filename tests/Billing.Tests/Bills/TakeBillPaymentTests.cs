using System.Net;
using System.Text;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.Bills;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class TakeBillPaymentTests(BillingFixture fixture)
{
    // Of a wage of 10,000: 600 + 200 a month.
    private const long Month = 800_00;

    private static async Task<BillingHost> TwoMonths(BillingFixture fixture)
    {
        var host = await fixture.Start(workers: false);
        await host.Hear(Staff(1, "A", "E1", 10_000_00), Staff(2, "B", "E2", 10_000_00));
        await host.BillMonth(2026_11);
        host.Today(2026, 12, 10);
        await host.BillMonth(2026_12);
        return host;
    }

    [Fact]
    public async Task SameAdviceManyTimesAtOnce_IsBookedOnceAndPaysTheOldestBillFirst()
    {
        await using var host = await TwoMonths(fixture);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => host.PayBill("E1", Month + 1, "2026-12-10", "R1")));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.OK, "800.00", "0.01"), (a.Status, a.Body.GetProperty("allocated").GetString(), a.Body.GetProperty("suspense").GetString())));
        Assert.Equal("202611 202612", await host.Sql<string>("SELECT (SELECT string_agg(month::text, ' ') FROM bill WHERE payer_no = 'E1' AND settlement_no IS NOT NULL) || ' ' || (SELECT string_agg(month::text, ' ') FROM bill WHERE payer_no = 'E1' AND settlement_no IS NULL)"));
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM payment"));
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM account_entry WHERE psn_no = 'A'"));
        // The same reference with other content, or for another payer, is no money.
        Assert.Equal("payment.reference_reused", await Code(host.PayBill("E1", Month, "2026-12-10", "R1")));
        Assert.Equal("payment.reference_reused", await Code(host.PayBill("E2", Month + 1, "2026-12-10", "R1")));
        Assert.Equal("bill.payer_unknown", await Code(host.PayBill("E9", Month, "2026-12-10", "R2")));
        Assert.Equal("payment.amount_invalid", await Code(host.Post("/bill-payments", new { channel = "bank-icbc", reference = "R2", payer_no = "E1", amount = "800.001", value_date = "2026-12-10", recorded_by = "钱经办" })));
        Assert.Equal("payment.channel_invalid", await Code(host.Post("/bill-payments", new { channel = "counter", reference = "R2", payer_no = "E1", amount = "800.00", value_date = "2026-12-10", recorded_by = "钱经办" })));
        Assert.Equal("payment.day_invalid", await Code(host.PayBill("E1", Month, "2026-12-11", "R2")));
        // Together with what waits the rest is enough.
        Assert.Equal("0.00", (await Ok(host.PayBill("E1", Month - 1, "2026-12-10", "R2"))).GetProperty("suspense").GetString());
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM bill WHERE payer_no = 'E1' AND settlement_no IS NULL"));
        await host.BillsAddUp();
    }

    [Fact]
    public async Task MoneyOfAStatement_IsThePayersWhenSomebodySaysSo()
    {
        await using var host = await TwoMonths(fixture);
        var statement = $"H,{host.County.Code},statement,bank-icbc,2026-12-10\nD,S1,800.00,2026-12-10\nD,S2,800.00,2026-12-10\nT,2,1600.00\n";
        await Ok(host.Upload("/bank-files?uploaded_by=x", Encoding.UTF8.GetBytes(statement)));
        // The bank's advice names the reference that the statement had told of already.
        Assert.Equal("800.00", (await Ok(host.PayBill("E1", Month, "2026-12-10", "S1"))).GetProperty("allocated").GetString());
        // Of the other one somebody finds out.
        var item = (await Ok(host.Get("/suspense"))).GetProperty("items")[0].GetProperty("suspense_no").GetInt64();
        var order = new { payer_no = "E2", reason = "电话核实", decided_by = "钱经办" };
        Assert.Equal("bill.payer_unknown", await Code(host.Post($"/suspense/{item}/payer", order with { payer_no = "E9" })));
        Assert.Equal("request.reason_missing", await Code(host.Post($"/suspense/{item}/payer", order with { reason = "" })));
        await Ok(host.Post($"/suspense/{item}/payer", order));
        await Ok(host.Post($"/suspense/{item}/payer", order));
        Assert.Equal("suspense.has_owner", await Code(host.Post($"/suspense/{item}/payer", order with { payer_no = "E1" })));
        Assert.Equal("suspense.unknown", await Code(host.Post("/suspense/999/payer", order)));
        Assert.Equal(2L, await host.Sql<long>("SELECT count(*) FROM bill WHERE settlement_no IS NOT NULL AND month = 202611"));
        await host.BillsAddUp();
    }

    [Fact]
    public async Task CorrectionsThatExceedTheMonth_GiveBackMoneyThatPaysTheNextBillOrIsRefunded()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(Staff(1, "A", "E1", 10_000_00), Staff(2, "B", "E1", 10_000_00));
        await host.BillMonth(2026_11);
        await Ok(host.PayBill("E1", 2 * Month, "2026-11-21", "R1"));
        // Neither was ever employed there.
        await host.Hear(Staff(1, "A", "E1", 10_000_00, to: 2026_10, version: 2), Staff(2, "B", "E1", 10_000_00, to: 2026_10, version: 2));
        host.Today(2026, 12, 10);
        Assert.Equal("-1600.00", (await host.BillMonth(2026_12)).GetProperty("amount").GetString());
        var state = await Ok(host.Get("/bill-payers/E1"));
        Assert.Equal(("0.00", "1600.00"), (state.GetProperty("open").GetString(), state.GetProperty("waiting").GetString()));
        Assert.Equal(0L, await host.Sql<long>("SELECT sum(credited_fen)::bigint FROM account"));
        Assert.Equal(0L, await host.Sql<long>("SELECT sum(employed_fen)::bigint FROM contribution_month"));
        await host.BillsAddUp();
        // Half goes back to the employer, the other half pays January's staff.
        var item = (await Ok(host.Get("/suspense?reason=bill.given_back"))).GetProperty("items")[0].GetProperty("suspense_no").GetInt64();
        var refund = (await Ok(host.Post("/refunds", new { request_key = "f1", suspense_no = item, amount = "800.00", cause = "overpaid", reason = "多缴退回", payee = "E1 6222", proposed_by = "钱经办" }))).GetProperty("refund_no").GetInt64();
        await Ok(host.Post($"/refunds/{refund}/decision", new { approved = true, approver = "赵复核" }));
        await Ok(host.Post($"/refunds/{refund}/pay-out", new { reference = "OUT1", paid_on = "2026-12-10", cashier = "王收费" }));
        await host.Hear(Staff(3, "C", "E1", 10_000_00, from: 2027_01));
        host.Today(2027, 1, 10);
        await host.BillMonth(2027_01);
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM bill WHERE month = 202701 AND settlement_no IS NOT NULL"));
        await host.BillsAddUp();
    }

    [Fact]
    public async Task MergedRecordsEmployment_MovesMonthsAndAccountToTheSurvivor()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("OLD"), TestPerson.New("NEW"));
        await host.Hear(Staff(1, "OLD", "E1", 10_000_00));
        await host.BillMonth(2026_11);
        await Ok(host.PayBill("E1", Month, "2026-11-21", "R1"));
        await host.Hear(Staff(1, "NEW", "E1", 10_000_00, version: 2));
        host.Today(2026, 12, 10);
        Assert.Equal("800.00", (await host.BillMonth(2026_12)).GetProperty("amount").GetString());
        await Ok(host.PayBill("E1", Month, "2026-12-10", "R2"));
        Assert.Equal("NEW 202611 80000, NEW 202612 80000", await host.Sql<string>("SELECT string_agg(concat_ws(' ', psn_no, month, employed_fen), ', ' ORDER BY month) FROM contribution_month WHERE employed_fen <> 0"));
        // Account a month: 200 + 30 % of 600 = 380.
        Assert.Equal("NEW 76000, OLD 0", await host.Sql<string>("SELECT string_agg(psn_no || ' ' || credited_fen, ', ' ORDER BY psn_no) FROM account"));
        await host.BillsAddUp();
    }
}
