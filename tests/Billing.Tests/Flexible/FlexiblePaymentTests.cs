using System.Text;
using MedInsure.Events;
using MedInsure.Billing.Tests.Bills;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.Flexible;

/// <summary>
/// Flexible workers of Harbin: a month's average wage is 4,666.67. With account 8 % of it is 373.33 (373.3336), of which 2 % = 93.33 for the account; without, of a base of 60 % = 2,800.00, 6 % is 168.00.
/// </summary>
[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class FlexiblePaymentTests(BillingFixture fixture)
{
    private static object Counter(string psnNo, int[] months, string amount, string key) => new { request_key = key, psn_no = psnNo, insutype = "310", months, amount, payer = "李四", cashier = "王收费" };

    [Fact]
    public async Task MonthQuarterAndYear_ByEveryChannel_AreToldAndCredited()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("F1"), TestPerson.New("F2"), TestPerson.New("F3"));
        await host.BillMonth(2026_11);
        // Enrolled after the month was billed: at once, with what is known of the year.
        await host.Hear(Freelancer(1, "F1"), Freelancer(2, "F2", "pool_only", 6_000), Freelancer(3, "F3"));
        Assert.Equal("F1 202611 37333; F1 202612 37333; F2 202611 16800; F2 202612 16800", await host.Sql<string>("SELECT string_agg(concat_ws(' ', psn_no, year, due_fen), '; ' ORDER BY psn_no, year) FROM assessment WHERE psn_no < 'F3'"));

        // Both months at the counter at once, neither more nor less; the same request again is the same payment.
        Assert.Equal("payment.wrong_amount", await Code(host.Post("/flexible-payments", Counter("F1", [2026_11, 2026_12], "746.65", "k1"))));
        Assert.Equal("flexible.month_unknown", await Code(host.Post("/flexible-payments", Counter("F1", [2026_10], "373.33", "k1"))));
        Assert.Equal("flexible.months_invalid", await Code(host.Post("/flexible-payments", Counter("F1", [2026_11, 2026_11], "746.66", "k1"))));
        var paid = await Ok(host.Post("/flexible-payments", Counter("F1", [2026_11, 2026_12], "746.66", "k1")));
        Assert.Equal(paid.GetProperty("payment_no").GetInt64(), (await Ok(host.Post("/flexible-payments", Counter("F1", [2026_12, 2026_11], "746.66", "k1")))).GetProperty("payment_no").GetInt64());
        Assert.Equal("request.key_reused", await Code(host.Post("/flexible-payments", Counter("F2", [2026_11], "168.00", "k1"))));
        Assert.Equal("payment.paid_already", await Code(host.Post("/flexible-payments", Counter("F1", [2026_11], "373.33", "k2"))));
        Assert.Equal((int[])[202611, 202612], await Told(host, "F1"));
        Assert.Equal(186_66L, await host.Sql<long>("SELECT credited_fen FROM account WHERE psn_no = 'F1'"));

        // A month by an online order, and by a bank's deduction; without an account nothing is credited.
        var order = await Ok(host.Post("/online-orders", new { request_key = "o1", channel = "unionpay", insutype = "310", year = 2026_11, payer = "李四", persons = new[] { new { psn_no = "F2", amount = "168.00" } } }));
        Assert.Equal("168.00", (await Ok(host.Callback(new { transaction_no = "T1", order_no = order.GetProperty("order_no").GetInt64(), amount = "168.00", paid_on = "2026-11-21" }))).GetProperty("allocated").GetString());
        await Ok(host.Post("/deduction-consents", new { request_key = "c1", psn_no = "F3", bank = "icbc", account_no = "6222000000004321", account_name = "李四", agreed_on = "2026-11-20", recorded_by = "钱经办" }));
        var batch = await Ok(host.Post("/bank-batches", new { request_key = "b1", bank = "icbc", insutype = "310", year = 2026_11, made_by = "钱经办" }));
        Assert.Equal("373.33", batch.GetProperty("amount").GetString());
        await Ok(host.Upload("/bank-files?uploaded_by=x", Encoding.UTF8.GetBytes($"H,{host.County.Code},return,icbc,{batch.GetProperty("batch_no").GetInt64()}\nD,1,F3,373.33,ok,B1,2026-11-21,\nT,1,373.33\n")));
        Assert.Equal((int[])[202611], await Told(host, "F3"));
        Assert.Equal("F1 202611 37333, F1 202612 37333, F2 202611 16800, F3 202611 37333", await host.Sql<string>("SELECT string_agg(concat_ws(' ', psn_no, month, flexible_fen), ', ' ORDER BY psn_no, month) FROM contribution_month"));
        Assert.Equal(279_99L, await host.Sql<long>("SELECT sum(credited_fen)::bigint FROM account"));
        await host.BillsAddUp();

        // The dead do not pay, nor for a month that they did not live to see.
        await host.Hear(TestPerson.New("F2", version: 2) with { DiedOn = 2026_11_20 });
        Assert.Equal("payment.person_dead", await Code(host.Post("/flexible-payments", Counter("F2", [2026_12], "168.00", "k3"))));
    }

    [Fact]
    public async Task ChangedAfterwards_OwesTheDifference_OrIsRefundedAndTheAccountTakenBack()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("F1"), TestPerson.New("F2"));
        await host.Hear(Freelancer(1, "F1", baseBp: 8_000), Freelancer(2, "F2"));
        await host.BillMonth(2026_11);
        // 80 % of 4,666.67 is 3,733.34; 8 % of it 298.67 (298.6672), 2 % 74.67 (74.6668).
        await Ok(host.Post("/flexible-payments", Counter("F1", [2026_11, 2026_12], "597.34", "k1")));
        await Ok(host.Post("/flexible-payments", Counter("F2", [2026_11], "373.33", "k2")));
        // A higher base from the start: 74.66 more a month; until that is paid the account keeps what it had.
        await host.Hear(Freelancer(1, "F1", version: 2));
        Assert.Equal(149_34L, await host.Sql<long>("SELECT credited_fen FROM account WHERE psn_no = 'F1'"));
        await Ok(host.Post("/flexible-payments", Counter("F1", [2026_11], "74.66", "k3")));
        Assert.Equal(93_33L + 74_67, await host.Sql<long>("SELECT credited_fen FROM account WHERE psn_no = 'F1'"));
        // It ended in November after all: December owes nothing, and what was paid for it goes back.
        await host.Hear(Freelancer(1, "F1", to: 2026_11, version: 3));
        Assert.Equal((93_33L, 1L), (await host.Sql<long>("SELECT credited_fen FROM account WHERE psn_no = 'F1'"), await host.Sql<long>("SELECT count(*) FROM contribution_month WHERE psn_no = 'F1' AND flexible_fen > 0")));
        var payment = await host.Sql<long>("SELECT payment_no FROM payment WHERE reference = 'k1'");
        var refund = (await Ok(host.Post("/refunds", new { request_key = "f1", payment_no = payment, psn_no = "F1", insutype = "310", year = 2026_12, amount = "298.67", cause = "withdrawn", reason = "停保", payee = "李四", proposed_by = "钱经办" }))).GetProperty("refund_no").GetInt64();
        await Ok(host.Post($"/refunds/{refund}/decision", new { approved = true, approver = "赵复核" }));
        await Ok(host.Post($"/refunds/{refund}/pay-out", new { reference = "OUT1", paid_on = "2026-11-21", cashier = "王收费" }));
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM outbox WHERE type = 'ContributionRefunded' AND convert_from(payload, 'UTF8') LIKE '%\"period\":202612%'"));
        // Told again and again, nothing moves.
        await host.Hear(Freelancer(1, "F1", to: 2026_11, version: 3), Freelancer(2, "F2"));
        Assert.Equal("202611 2, 202612 3", await host.Sql<string>("SELECT string_agg(year || ' ' || version, ', ' ORDER BY year) FROM assessment WHERE psn_no = 'F1'"));
        await host.BillsAddUp();
    }

    private static async Task<int[]> Told(BillingHost host, string psnNo) =>
        [.. (await host.Sql<string[]>($"SELECT array_agg(convert_from(payload, 'UTF8') ORDER BY seq) FROM outbox WHERE type = 'ContributionPaid' AND aggregate = '{psnNo}'")).Select(p => EventJson.Read<ContributionPaid>(Encoding.UTF8.GetBytes(p)).Period)];
}
