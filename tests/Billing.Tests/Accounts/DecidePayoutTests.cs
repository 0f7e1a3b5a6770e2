using System.Net;
using System.Text.Json;
using MedInsure.Billing.Accounts;
using MedInsure.Billing.Tests.Bills;
using MedInsure.Events;

namespace MedInsure.Billing.Tests.Accounts;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class DecidePayoutTests(BillingFixture fixture)
{
    private static object Heir(string name, int share, string account = "6222", string heir = "") => new { name, relation = "子女", heir_no = heir, bank_account = heir.Length > 0 ? "" : account, share_bp = share };

    private static object Order(string key, string psnNo, object[] payees, string cause = "inheritance", string? amount = null, long? transfer = null, string by = "王经办") =>
        new { request_key = key, psn_no = psnNo, cause, transfer_no = transfer, amount, payees, reason = "继承公证书", proposed_by = by };

    private static async Task<BillingHost> Dead(BillingFixture fixture, long balance = 1_001)
    {
        var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("DEAD", insutype: "310") with { DiedOn = 2026_11_01 }, TestPerson.New("SON", insutype: "310"), TestPerson.New("FARMER"), TestPerson.New("ALIVE", insutype: "310"));
        host.Neighbours.Balances["DEAD"] = balance;
        return host;
    }

    [Fact]
    public async Task Inheritance_GoesToHeirsBySharesToTheLastFen()
    {
        await using var host = await Dead(fixture);
        var proposed = await Post(host, "/account-payouts", Order("K1", "DEAD", [Heir("甲", 3_333, heir: "SON"), Heir("乙", 3_333), Heir("丙", 3_334, "6223")]));
        Assert.Equal(proposed.GetRawText(), (await Post(host, "/account-payouts", Order("K1", "DEAD", [Heir("甲", 3_333, heir: "SON"), Heir("乙", 3_333), Heir("丙", 3_334, "6223")]))).GetRawText());
        Assert.Equal("request.key_reused", await Refused(host, "/account-payouts", Order("K1", "DEAD", [Heir("甲", 10_000)])));
        var no = proposed.GetProperty("payout_no").GetInt64();
        Assert.Equal("payout.state_forbids", await Refused(host, $"/account-payouts/{no}/payees/2/payment", new { reference = "R1", paid_on = "2026-11-21", cashier = "李出纳" }));
        Assert.Equal("approval.same_person", await Refused(host, $"/account-payouts/{no}/decision", new { approved = true, approver = " 王经办" }));

        for (var i = 0; i < 2; i++)
        {
            var decided = await Post(host, $"/account-payouts/{no}/decision", new { approved = true, approver = "赵复核" });
            Assert.Equal(("withdrawn", "10.01"), (decided.GetProperty("state").GetString(), decided.GetProperty("amount").GetString()));
            Assert.Equal(["3.33", "3.33", "3.35"], decided.GetProperty("payees").EnumerateArray().Select(p => p.GetProperty("amount").GetString()));
        }
        Assert.Equal((0L, 333L), (host.Neighbours.Balances["DEAD"], (await host.Account("SON")).BalanceFen));
        Assert.Equal("payout.state_forbids", await Refused(host, $"/account-payouts/{no}/decision", new { approved = false, approver = "赵复核", remark = "反悔" }));

        Assert.Equal("payout.payee_unknown", await Refused(host, $"/account-payouts/{no}/payees/1/payment", new { reference = "R1", paid_on = "2026-11-21", cashier = "李出纳" }));
        Assert.Equal("approval.same_person", await Refused(host, $"/account-payouts/{no}/payees/2/payment", new { reference = "R1", paid_on = "2026-11-21", cashier = "赵复核" }));
        for (var i = 0; i < 2; i++) await Post(host, $"/account-payouts/{no}/payees/2/payment", new { reference = "R1", paid_on = "2026-11-21", cashier = "李出纳" });
        Assert.Equal("payout.reference_used", await Refused(host, $"/account-payouts/{no}/payees/3/payment", new { reference = "R1", paid_on = "2026-11-21", cashier = "李出纳" }));
        Assert.Equal("payout.state_forbids", await Refused(host, $"/account-payouts/{no}/payees/2/payment", new { reference = "R2", paid_on = "2026-11-21", cashier = "李出纳" }));
        await host.AccountsAddUp("SON", "DEAD");
    }

    [Fact]
    public async Task SettlementIsAway_TheDecisionGoesOnWhenItIsSentAgain()
    {
        await using var host = await Dead(fixture, 500);
        var no = (await Post(host, "/account-payouts", Order("K1", "DEAD", [Heir("甲", 10_000, heir: "SON")]))).GetProperty("payout_no").GetInt64();
        host.Neighbours.IsSettlementAway = true;
        Assert.Equal("service.unavailable", await Refused(host, $"/account-payouts/{no}/decision", new { approved = true, approver = "赵复核" }));
        (host.Neighbours.IsSettlementAway, host.Neighbours.IsAnswerLost) = (false, true);
        Assert.Equal("service.unavailable", await Refused(host, $"/account-payouts/{no}/decision", new { approved = true, approver = "赵复核" }));
        Assert.Equal((0L, 0L), (host.Neighbours.Balances["DEAD"], (await host.Account("SON")).BalanceFen));
        Assert.Equal("approved", (await host.Get("/account-payouts?state=approved")).Body.GetProperty("payouts")[0].GetProperty("state").GetString());
        host.Neighbours.IsAnswerLost = false;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Post(host, $"/account-payouts/{no}/decision", new { approved = true, approver = "赵复核" })));
        Assert.Equal((0L, 500L), (host.Neighbours.Balances["DEAD"], (await host.Account("SON")).BalanceFen));
    }

    [Fact]
    public async Task AccountHoldsLess_ThePayoutIsRejectedWithSettlementsWords()
    {
        await using var host = await Dead(fixture, 500);
        var no = (await Post(host, "/account-payouts", Order("K1", "DEAD", [Heir("甲", 10_000)], amount: "5.01"))).GetProperty("payout_no").GetInt64();
        Assert.Equal("account.balance_short", await Refused(host, $"/account-payouts/{no}/decision", new { approved = true, approver = "赵复核" }));
        var row = (await host.Get($"/account-payouts?psn_no=DEAD")).Body.GetProperty("payouts")[0];
        Assert.Equal("rejected", row.GetProperty("state").GetString());
        Assert.StartsWith("account.balance_short", row.GetProperty("remark").GetString());
        Assert.Equal(500L, host.Neighbours.Balances["DEAD"]);
    }

    [Fact]
    public async Task TransferOut_IsPaidOnceToTheOtherArea()
    {
        await using var host = await Dead(fixture);
        host.Neighbours.Balances["ALIVE"] = 700;
        for (var i = 0; i < 2; i++)
            await host.Hear(new PersonTransferred(7, "ALIVE", "310", "out", "230100", 2026_11_20, 0, 0, 0), new PersonTransferred(8, "ALIVE", "310", "in", "230100", 2026_11_20, 1, 1, 5));
        Assert.Equal(7, Assert.Single((await host.Get("/account-transfers")).Body.GetProperty("transfers").EnumerateArray()).GetProperty("transfer_no").GetInt64());
        Assert.Equal("payout.transfer_unknown", await Refused(host, "/account-payouts", Order("K1", "DEAD", [Heir("转入地经办机构", 10_000)], "transfer_out", transfer: 7)));
        Assert.Equal("payout.transfer_unknown", await Refused(host, "/account-payouts", Order("K1", "ALIVE", [Heir("转入地经办机构", 10_000)], "transfer_out", transfer: 8)));
        var no = (await Post(host, "/account-payouts", Order("K1", "ALIVE", [Heir("转入地经办机构", 10_000)], "transfer_out", transfer: 7))).GetProperty("payout_no").GetInt64();
        Assert.Equal("payout.transfer_taken", await Refused(host, "/account-payouts", Order("K2", "ALIVE", [Heir("转入地经办机构", 10_000)], "transfer_out", transfer: 7)));
        await Post(host, $"/account-payouts/{no}/decision", new { approved = false, approver = "赵复核", remark = "账户有误" });
        no = (await Post(host, "/account-payouts", Order("K2", "ALIVE", [Heir("转入地经办机构", 10_000)], "transfer_out", transfer: 7))).GetProperty("payout_no").GetInt64();
        Assert.Equal("7.00", (await Post(host, $"/account-payouts/{no}/decision", new { approved = true, approver = "赵复核" })).GetProperty("amount").GetString());
        Assert.Empty((await host.Get("/account-transfers")).Body.GetProperty("transfers").EnumerateArray());
        Assert.Equal(no, (await host.Get("/account-transfers?open=false")).Body.GetProperty("transfers")[0].GetProperty("payout_no").GetInt64());
    }

    [Fact]
    public async Task WhatIsWrong_IsRefusedByName()
    {
        await using var host = await Dead(fixture);
        await host.Merged(host.Merge("ALIVE", "SON"));
        foreach (var (code, order) in new (string, object)[]
        {
            ("request.key_missing", Order("", "DEAD", [Heir("甲", 10_000)])),
            ("person.number_missing", Order("K", "", [Heir("甲", 10_000)])),
            ("payout.cause_unknown", Order("K", "DEAD", [Heir("甲", 10_000)], "gift")),
            ("payout.transfer_unknown", Order("K", "DEAD", [Heir("甲", 10_000)], "transfer_out")),
            ("payout.transfer_unknown", Order("K", "DEAD", [Heir("甲", 10_000)], transfer: 7)),
            ("payout.amount_invalid", Order("K", "DEAD", [Heir("甲", 10_000)], amount: "0.001")),
            ("payout.amount_invalid", Order("K", "DEAD", [Heir("甲", 10_000)], amount: "-1")),
            ("approval.person_missing", Order("K", "DEAD", [Heir("甲", 10_000)], by: " ")),
            ("payout.payees_invalid", Order("K", "DEAD", [])),
            ("payout.payees_invalid", Order("K", "DEAD", [Heir("", 10_000)])),
            ("payout.payees_invalid", Order("K", "DEAD", [Heir("甲", 10_000, "")])),
            ("payout.payees_invalid", Order("K", "SON", [Heir("甲", 5_000), Heir("乙", 5_000)], "pay_out")),
            ("payout.payees_invalid", Order("K", "SON", [Heir("甲", 10_000, heir: "DEAD")], "pay_out")),
            ("payout.shares_wrong", Order("K", "DEAD", [Heir("甲", 5_000), Heir("乙", 4_999)])),
            ("payout.shares_wrong", Order("K", "DEAD", [Heir("甲", 10_001), Heir("乙", -1)])),
            ("payout.heir_unfit", Order("K", "DEAD", [Heir("甲", 5_000, heir: "SON"), Heir("乙", 5_000, heir: "SON")])),
            ("payout.heir_unfit", Order("K", "DEAD", [Heir("甲", 10_000, heir: "DEAD")])),
            ("payout.heir_unfit", Order("K", "DEAD", [Heir("甲", 10_000, heir: "FARMER")])),
            ("payout.person_unknown", Order("K", "NOBODY", [Heir("甲", 10_000)])),
            ("payout.person_merged", Order("K", "ALIVE", [Heir("甲", 10_000)], "pay_out")),
            ("payout.person_alive", Order("K", "SON", [Heir("甲", 10_000)])),
        })
            Assert.Equal(code, await Refused(host, "/account-payouts", order));
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM account_payout"));
        Assert.Equal("payout.unknown", await Refused(host, "/account-payouts/1/decision", new { approved = true, approver = "赵复核" }));
        Assert.Equal("payout.state_unknown", (await host.Get("/account-payouts?state=open")).Body.GetProperty("code").GetString());
    }

    private static async Task<JsonElement> Post(BillingHost host, string path, object body)
    {
        var (status, answer) = await host.Post(path, body);
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
        return answer;
    }

    private static async Task<string?> Refused(BillingHost host, string path, object body)
    {
        var (status, answer) = await host.Post(path, body);
        Assert.NotEqual(HttpStatusCode.OK, status);
        return answer.GetProperty("code").GetString();
    }
}
