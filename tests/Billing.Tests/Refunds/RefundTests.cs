using System.Net;
using System.Text.Json;
using MedInsure.Events;

namespace MedInsure.Billing.Tests.Refunds;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class RefundTests(BillingFixture fixture)
{
    [Fact]
    public async Task DeathBeforeTheYear_IsPaidBackByTwoPeopleAndTold()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"));
        await host.Assess(2027);
        var (_, payment) = await host.Post("/counter-payments", new { request_key = "1", insutype = "390", year = 2027, amount = "280.00", payer = "李四", cashier = "王收费", persons = new[] { new { psn_no = "A", amount = "280.00" } } });
        var order = new { request_key = "r1", payment_no = payment.GetProperty("payment_no").GetInt64(), psn_no = "A", insutype = "390", year = 2027, amount = "280.00", cause = "death", reason = "参保年度开始前死亡", payee = "李四之子 6222…", proposed_by = "钱经办" };
        Assert.Equal("refund.not_refundable", (await host.Post("/refunds", order)).Body.GetProperty("code").GetString()); // alive
        await host.Hear(TestPerson.New("A", version: 2) with { DiedOn = 2026_12_30 });
        Assert.Equal("refund.not_refundable", (await host.Post("/refunds", order with { amount = "280.01" })).Body.GetProperty("code").GetString());

        var (status, refund) = await host.Post("/refunds", order);
        Assert.True(status == HttpStatusCode.OK, refund.GetRawText());
        Assert.Equal("refund.not_refundable", (await host.Post("/refunds", order with { request_key = "r2" })).Body.GetProperty("code").GetString()); // under way
        var no = refund.GetProperty("refund_no").GetInt64();
        Assert.Equal("refund.state_forbids", (await PayOut("OUT1")).Body.GetProperty("code").GetString());
        Assert.Equal("approval.same_person", (await Decide("钱经办")).Body.GetProperty("code").GetString());
        Assert.All(await Task.WhenAll(Decide("赵复核"), Decide("赵复核"), Decide("赵复核")), a => Assert.Equal("approved", a.Body.GetProperty("state").GetString()));
        Assert.Equal(new ContributionRefunded("A", "390", 2027, 2026_11_21, "death", false), EventJson.Read<ContributionRefunded>(await host.Sql<byte[]>("SELECT payload FROM outbox WHERE type = 'ContributionRefunded'")));
        await host.MoneyAddsUp();
        Assert.All(await Task.WhenAll(PayOut("OUT1"), PayOut("OUT1")), a => Assert.Equal("paid", a.Body.GetProperty("state").GetString()));
        Assert.Equal("refund.state_forbids", (await PayOut("OUT2")).Body.GetProperty("code").GetString());
        var now = (await host.Get($"/payments/{payment.GetProperty("payment_no").GetInt64()}")).Body;
        Assert.Equal(("0.00", "0.00", "280.00"), (now.GetProperty("allocated").GetString(), now.GetProperty("suspense").GetString(), now.GetProperty("refunded").GetString()));
        Assert.Equal(0L, await host.Sql<long>("SELECT paid_fen FROM assessment"));
        await host.MoneyAddsUp();

        Task<(HttpStatusCode Status, JsonElement Body)> Decide(string approver) => host.Post($"/refunds/{no}/decision", new { approved = true, approver });
        Task<(HttpStatusCode Status, JsonElement Body)> PayOut(string reference) => host.Post($"/refunds/{no}/pay-out", new { reference, paid_on = "2026-11-21", cashier = "王收费" });
    }

    [Fact]
    public async Task DuplicateInSuspense_IsHeldWhileItGoesBackAndFreeWhenRejected()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Callback(new { transaction_no = "T1", amount = "280.00", paid_on = "2026-11-21" });
        var suspenseNo = (await host.Get("/suspense")).Body.GetProperty("items")[0].GetProperty("suspense_no").GetInt64();
        var order = new { request_key = "r1", suspense_no = suspenseNo, amount = "280.00", cause = "duplicate", reason = "重复缴费", payee = "李四", proposed_by = "钱经办" };
        var first = (await host.Post("/refunds", order)).Body.GetProperty("refund_no").GetInt64();
        Assert.Equal(first, (await host.Post("/refunds", order)).Body.GetProperty("refund_no").GetInt64());
        Assert.Equal("suspense.spent", (await host.Post("/refunds", order with { request_key = "r2" })).Body.GetProperty("code").GetString());
        Assert.Equal("request.reason_missing", (await host.Post($"/refunds/{first}/decision", new { approved = false, approver = "赵复核" })).Body.GetProperty("code").GetString());
        Assert.Equal("rejected", (await host.Post($"/refunds/{first}/decision", new { approved = false, approver = "赵复核", remark = "材料不全" })).Body.GetProperty("state").GetString());

        var second = (await host.Post("/refunds", order with { request_key = "r2" })).Body.GetProperty("refund_no").GetInt64();
        await host.Post($"/refunds/{second}/decision", new { approved = true, approver = "赵复核" });
        Assert.Equal("paid", (await host.Post($"/refunds/{second}/pay-out", new { reference = "OUT9", paid_on = "2026-11-21", cashier = "王收费" })).Body.GetProperty("state").GetString());
        Assert.Empty((await host.Get("/suspense")).Body.GetProperty("items").EnumerateArray());
        Assert.Equal(2, (await host.Get("/refunds?state=all")).Body.GetProperty("refunds").GetArrayLength());
        await host.MoneyAddsUp();
    }
}
