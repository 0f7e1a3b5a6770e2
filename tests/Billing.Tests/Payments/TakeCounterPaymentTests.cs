using System.Net;
using System.Text;
using System.Text.Json;
using MedInsure.Events;

namespace MedInsure.Billing.Tests.Payments;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class TakeCounterPaymentTests(BillingFixture fixture)
{
    // Guichi 2027: 280 a person (004_afb7baf3ebb51254.txt); window 1 September to 31 December 2026.
    private static object Order(string key, string[] persons, string each = "280.00", string? amount = null, int year = 2027, string cashier = "王收费", string? who = null, string? eventOn = null) => new
    {
        request_key = key, insutype = "390", year, amount = amount ?? $"{decimal.Parse(each, System.Globalization.CultureInfo.InvariantCulture) * persons.Length}", payer = "李四", cashier,
        persons = persons.Select(p => new { psn_no = p, amount = each, who, event_on = eventOn }),
    };

    [Fact]
    public async Task HouseholdAtOnce_SettlesEverybodyWithOneReceiptAndTellsEnrollment()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("H1", household: "F"), TestPerson.New("H2", household: "F"));
        await host.Assess(2027);

        var (status, paid) = await host.Post("/counter-payments", Order("k1", ["H1", "H2"]));
        Assert.True(status == HttpStatusCode.OK, paid.GetRawText());
        Assert.Equal(("560.00", "560.00", "0.00"), (paid.GetProperty("amount").GetString(), paid.GetProperty("allocated").GetString(), paid.GetProperty("suspense").GetString()));
        Assert.Equal(["280.00", "280.00"], (await host.Get("/assessments/390/2027/households/F")).Body.GetProperty("members").EnumerateArray().Select(m => m.GetProperty("paid").GetString()));

        var receiptNo = Assert.Single(paid.GetProperty("receipts").EnumerateArray()).GetInt64();
        var receipt = (await host.Get($"/receipts/{receiptNo}")).Body;
        Assert.Equal(("560.00", 2, $"{host.County.Code}2026{receiptNo:D10}"), (receipt.GetProperty("amount").GetString(), receipt.GetProperty("lines").GetArrayLength(), receipt.GetProperty("number").GetString()));
        var page = await host.Http.GetStringAsync(new Uri($"/billing/{host.County.Code}/receipts/{receiptNo}?format=html", UriKind.Relative));
        // Of whichever scheme.
        Assert.Contains("<h1>基本医疗保险费缴费票据</h1>", page, StringComparison.Ordinal);
        Assert.Contains("窗口现金", WebUtility.HtmlDecode(page), StringComparison.Ordinal);

        // Sent again: the same answer, nothing twice; with other content it is refused.
        Assert.Equal(paid.GetRawText(), (await host.Post("/counter-payments", Order("k1", ["H1", "H2"]))).Body.GetRawText());
        Assert.Equal("request.key_reused", (await host.Post("/counter-payments", Order("k1", ["H1"]))).Body.GetProperty("code").GetString());
        Assert.Equal(2, await host.Sql<long>("SELECT count(*) FROM allocation"));
        Assert.Equal(new ContributionPaid("H1", "390", 2027, 2026_11_21, "everyone", 0), EventJson.Read<ContributionPaid>(await host.Sql<byte[]>("SELECT payload FROM outbox WHERE aggregate = 'H1' AND type = 'ContributionPaid'")));
        await host.MoneyAddsUp();
    }

    [Fact]
    public async Task WhatIsNotOwed_IsRefusedWholeAndNamed()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"), TestPerson.New("B"), TestPerson.New("D"), TestPerson.New("N", insutype: "340"));
        await host.Assess(2027);
        await host.Hear(TestPerson.New("D", version: 2) with { DiedOn = 2026_11_01 });

        await Refused("payment.person_unknown", "psn_no", Order("1", ["A", "nobody"]));
        await Refused("payment.not_assessed", "psn_no", Order("2", ["A", "N"]));
        await Refused("payment.person_dead", "psn_no", Order("3", ["A", "D"]));
        await Refused("payment.wrong_amount", "amount", Order("4", ["A", "B"], each: "279.99"));
        await Refused("payment.amount_invalid", "amount", Order("5", ["A"], each: "280.001", amount: "280.00"));
        await Refused("payment.sum_differs", "amount", Order("6", ["A"], amount: "560.00"));
        await Refused("payment.persons_invalid", "persons", Order("7", ["A", "A"]));
        await Refused("payment.persons_invalid", "persons", Order("8", []));
        await Refused("request.key_missing", "request_key", Order("", ["A"]));
        await Refused("approval.person_missing", "cashier", Order("9", ["A"], cashier: " "));
        // The window of 2027 ends with 2026; a migrant worker may pay to the end of February.
        host.Clock.Now = new DateTimeOffset(2027, 1, 15, 2, 0, 0, TimeSpan.Zero);
        await Refused("payment.window_closed", "value_date", Order("10", ["A"]));
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM payment"));
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/counter-payments", Order("11", ["A"], who: "migrant_worker"))).Status);
        await Refused("payment.paid_already", "psn_no", Order("12", ["A"], who: "migrant_worker"));
        await host.MoneyAddsUp();

        async Task Refused(string code, string field, object order)
        {
            var (_, problem) = await host.Post("/counter-payments", order);
            Assert.Equal((code, field), (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()));
            Assert.True(problem.GetProperty("chinese").GetString()!.Length > 0 && problem.GetProperty("english").GetString()!.Length > 0);
        }
    }

    [Fact]
    public async Task TwoChannelsAtOnce_OneSettlesAndNoMoneyIsLost()
    {
        await using var host = await fixture.Start(workers: false);
        string[] persons = [.. Enumerable.Range(0, 20).Select(i => $"P{i:D2}")];
        await host.Hear([.. persons.Select(p => TestPerson.New(p))]);
        await host.Assess(2027);
        var orders = await Task.WhenAll(persons.Select(async p => (await host.Post("/online-orders", new { request_key = $"o{p}", channel = "unionpay", insutype = "390", year = 2027, payer = "李四", persons = new[] { new { psn_no = p, amount = "280.00" } } })).Body.GetProperty("order_no").GetInt64()));

        var answers = await Task.WhenAll(persons.SelectMany((p, i) => new[]
        {
            host.Post("/counter-payments", Order($"c{p}", [p])),
            host.Callback(new { transaction_no = $"t{p}", order_no = orders[i], amount = "280.00", paid_on = "2026-11-21" }),
        }));
        for (var i = 0; i < persons.Length; i++)
        {
            var (counter, online) = (answers[2 * i], answers[2 * i + 1]);
            Assert.Equal(HttpStatusCode.OK, online.Status);
            var settledOnline = online.Body.GetProperty("allocated").GetString() == "280.00";
            Assert.Equal(settledOnline ? HttpStatusCode.Conflict : HttpStatusCode.OK, counter.Status);
            if (!settledOnline) Assert.Equal("280.00", online.Body.GetProperty("suspense").GetString());
        }
        Assert.Equal(20 * 280_00L, await host.Sql<long>("SELECT sum(paid_fen)::bigint FROM assessment"));
        Assert.Equal(20L, await host.Sql<long>("SELECT count(*) FROM outbox WHERE type = 'ContributionPaid'"));
        await host.MoneyAddsUp();
    }

    [Fact]
    public async Task ClosedDay_TakesNothingMore()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"), TestPerson.New("B"));
        await host.Assess(2027);
        await host.Post("/counter-payments", Order("1", ["A"]));
        Assert.Equal("counter.cash_differs", (await Close("270.00")).Body.GetProperty("code").GetString());
        Assert.Equal("approval.same_person", (await Close("270.00", "少收十元", "王收费")).Body.GetProperty("code").GetString());
        var (status, closing) = await Close("270.00", "少收十元", "赵复核");
        Assert.True(status == HttpStatusCode.OK, closing.GetRawText());
        Assert.Equal((1, "280.00", "270.00"), (closing.GetProperty("payments").GetInt32(), closing.GetProperty("taken").GetString(), closing.GetProperty("counted").GetString()));
        Assert.Equal("counter.day_closed", (await host.Post("/counter-payments", Order("2", ["B"]))).Body.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/counter-payments", Order("1", ["A"]))).Status); // a repeat is still answered
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/counter-payments", Order("3", ["B"], cashier: "孙收费"))).Status);
        Assert.Single((await host.Get("/counter-closings?day=2026-11-21")).Body.GetProperty("closings").EnumerateArray());

        Task<(HttpStatusCode Status, JsonElement Body)> Close(string counted, string? explanation = null, string? approver = null) => host.Post("/counter-closings", new { cashier = "王收费", day = "2026-11-21", counted, explanation, approver });
    }

    [Fact]
    public async Task VillageHandIn_TakesTheListAndLeavesNothingUnexplained()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"), TestPerson.New("B"), TestPerson.New("C"));
        await host.Assess(2027);
        await host.Post("/counter-payments", Order("1", ["C"]));

        Assert.Equal("village.cash_short", (await HandIn("h1", "839.99")).Body.GetProperty("code").GetString());
        Assert.Equal("village.cash_over", (await HandIn("h1", "845.00")).Body.GetProperty("code").GetString());
        var (status, handIn) = await HandIn("h1", "845.00", "多收五元，村民姓名待查", "赵复核");
        Assert.True(status == HttpStatusCode.OK, handIn.GetRawText());
        // C had paid at the counter: that money and the surplus wait for somebody.
        Assert.Equal(("560.00", "285.00"), (handIn.GetProperty("payment").GetProperty("allocated").GetString(), handIn.GetProperty("payment").GetProperty("suspense").GetString()));
        Assert.Equal([("payment.paid_already", "280.00"), ("village.surplus", "5.00")], (await host.Get("/suspense")).Body.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("reason").GetString(), i.GetProperty("left").GetString())));
        Assert.Equal(HttpStatusCode.OK, (await HandIn("h1", "845.00", "多收五元，村民姓名待查", "赵复核")).Status);
        Assert.Single((await host.Get("/village-hand-ins?day=2026-11-21")).Body.GetProperty("hand_ins").EnumerateArray());
        Assert.Equal("560.00", (await host.Get("/money?from=2026-11-01&to=2026-11-30")).Body.GetProperty("days").EnumerateArray().Single(d => d.GetProperty("channel").GetString() == "village").GetProperty("allocated").GetString());
        await host.MoneyAddsUp();

        Task<(HttpStatusCode Status, JsonElement Body)> HandIn(string key, string cash, string? explanation = null, string? approver = null) => host.Post("/village-hand-ins", new
        {
            request_key = key, village = "341702101201", collector = "村会计", day = "2026-11-21", insutype = "390", year = 2027, cash, received_by = "王收费", explanation, approver,
            persons = new[] { "A", "B", "C" }.Select(p => new { psn_no = p, amount = "280.00" }),
        });
    }
}
