using System.Net;

namespace MedInsure.Billing.Tests.Payments;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class ConfirmOnlinePaymentTests(BillingFixture fixture)
{
    [Fact]
    public async Task SignedCallback_SettlesOnceHoweverOftenItComes()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"), TestPerson.New("B"));
        await host.Assess(2027);
        var (_, order) = await host.Post("/online-orders", new { request_key = "o1", channel = "unionpay", insutype = "390", year = 2027, payer = "李四", persons = new[] { new { psn_no = "A", amount = "280.00" }, new { psn_no = "B", amount = "280.00" } } });
        Assert.Equal("560.00", order.GetProperty("amount").GetString());
        var callback = new { transaction_no = "T1", order_no = order.GetProperty("order_no").GetInt64(), amount = "560.00", paid_on = "2026-11-21" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.Callback(callback)));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.OK, "560.00", "0.00"), (a.Status, a.Body.GetProperty("allocated").GetString(), a.Body.GetProperty("suspense").GetString())));
        Assert.Single(answers, a => !a.Body.GetProperty("repeated").GetBoolean());
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM payment"));
        // Under the same number something else: refused, and somebody looks at it.
        Assert.Equal("payment.reference_reused", (await host.Callback(callback with { amount = "561.00" })).Body.GetProperty("code").GetString());
        Assert.Equal("reference_conflict", Assert.Single((await host.Get("/money-findings")).Body.GetProperty("findings").EnumerateArray()).GetProperty("kind").GetString());
        await host.MoneyAddsUp();
    }

    [Fact]
    public async Task MoneyThatFitsNothing_LiesInSuspenseUntilItsOwnerIsFound()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"));
        await host.Assess(2027);
        var (_, order) = await host.Post("/online-orders", new { request_key = "o1", channel = "unionpay", insutype = "390", year = 2027, payer = "李四", persons = new[] { new { psn_no = "A", amount = "280.00" } } });
        Assert.Equal("300.00", (await host.Callback(new { transaction_no = "T1", order_no = order.GetProperty("order_no").GetInt64(), amount = "300.00", paid_on = "2026-11-21" })).Body.GetProperty("suspense").GetString());
        await host.Callback(new { transaction_no = "T2", order_no = 99_999, amount = "10.00", paid_on = "2026-11-20" });
        var items = (await host.Get("/suspense")).Body.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal([("payment.wrong_amount", "300.00"), ("payment.unknown_reference", "10.00")], items.Select(i => (i.GetProperty("reason").GetString(), i.GetProperty("left").GetString())));

        var no = items[0].GetProperty("suspense_no").GetInt64();
        var decision = new { request_key = "d1", psn_no = "A", insutype = "390", year = 2027, amount = "280.00", reason = "付款人确认为本人", decided_by = "钱经办" };
        Assert.Equal("payment.wrong_amount", (await host.Post($"/suspense/{no}/allocation", decision with { amount = "300.00" })).Body.GetProperty("code").GetString());
        Assert.Equal("suspense.spent", (await host.Post($"/suspense/{no}/allocation", decision with { amount = "300.01" })).Body.GetProperty("code").GetString());
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Post($"/suspense/{no}/allocation", decision)));
        Assert.All(answers, a => Assert.True(a.Status == HttpStatusCode.OK, a.Body.GetRawText()));
        Assert.Equal("20.00", (await host.Get("/suspense")).Body.GetProperty("items")[0].GetProperty("left").GetString());
        Assert.Equal(280_00L, await host.Sql<long>("SELECT paid_fen FROM assessment"));
        await host.MoneyAddsUp();
    }

    [Fact]
    public async Task StrangersAndOldCallbacks_AreNotLetIn()
    {
        await using var host = await fixture.Start(workers: false);
        var callback = new { transaction_no = "T1", order_no = 1, amount = "280.00", paid_on = "2026-11-21" };
        Assert.Equal("callback.not_authenticated", (await host.Callback(callback, secret: "another secret")).Body.GetProperty("code").GetString());
        Assert.Equal("callback.not_authenticated", (await host.Callback(callback, channel: "nobody")).Body.GetProperty("code").GetString());
        Assert.Equal("callback.stale", (await host.Callback(callback, at: host.Clock.Now.AddMinutes(-6))).Body.GetProperty("code").GetString());
        Assert.Equal("callback.stale", (await host.Callback(callback, at: host.Clock.Now.AddMinutes(6))).Body.GetProperty("code").GetString());
        Assert.Equal("payment.amount_invalid", (await host.Callback(callback with { amount = "280.001" })).Body.GetProperty("code").GetString());
        Assert.Equal("payment.day_invalid", (await host.Callback(callback with { paid_on = "2026-11-22" })).Body.GetProperty("code").GetString());
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM payment"));
        Assert.Equal(HttpStatusCode.OK, (await host.Callback(callback, channel: "other", secret: "another secret")).Status);
    }
}
