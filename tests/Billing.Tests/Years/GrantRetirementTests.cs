using System.Text;
using MedInsure.Billing.Tests.Bills;
using MedInsure.Events;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.Years;

/// <summary>Harbin (000_55dbde39a5535a1d.txt): men 30 years, women 25, deemed ones included; of these at least 15 really paid.</summary>
[Trait("Category", "Golden")]
[Collection("billing")]
public sealed class GrantRetirementTests(BillingFixture fixture)
{
    private static object Decision(string psnNo, string kind, int from, int to, string key) =>
        new { request_key = key, psn_no = psnNo, insutype = "310", kind, from_month = from, to_month = to, papers = "档案第12页", reason = "原国有企业工龄", decided_by = "钱经办", approver = "赵复核" };

    private static object Retire(string psnNo, string key, bool buy = false, int from = 2026_12) =>
        new { request_key = key, psn_no = psnNo, insutype = "310", from_month = from, psn_type = "1201", buy, papers = "退休审批表", decided_by = "钱经办", approver = "赵复核" };

    [Fact]
    public async Task YearsSuffice_IsGrantedOnce()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("M"));
        await host.Hear(Staff(1, "M", "E1", 10_000_00));
        await host.BillMonth(2026_11);
        await Ok(host.PayBill("E1", 800_00, "2026-11-21", "R1"));
        // 179 months recorded + November = 180 paid; 15 years deemed = 180: 360 = 30 years, of which 15 paid.
        await Ok(host.Post("/month-decisions", Decision("M", "recorded", 2011_12, 2026_10, "d1")));
        Assert.Equal("retirement.years_missing", await Code(host.Post("/retirements", Retire("M", "r1"))));
        var deemed = await Ok(host.Post("/month-decisions", Decision("M", "deemed", 1990_01, 2004_12, "d2")));
        Assert.Equal(180, deemed.GetProperty("months").GetInt32());
        Assert.Equal(deemed.GetProperty("decision_no").GetInt64(), (await Ok(host.Post("/month-decisions", Decision("M", "deemed", 1990_01, 2004_12, "d2")))).GetProperty("decision_no").GetInt64());
        var test = await Ok(host.Get("/retirement-test/M?insutype=310&from_month=202612"));
        Assert.Equal((360, 180, 360, 180, 0), (Int(test, "months"), Int(test, "paid_months"), Int(test, "needed_months"), Int(test, "needed_paid_months"), Int(test, "missing_months")));
        await Ok(host.Post("/retirements", Retire("M", "r1")));
        await Ok(host.Post("/retirements", Retire("M", "r1")));
        Assert.Equal("retirement.decided", await Code(host.Post("/retirements", Retire("M", "r2"))));
        Assert.Equal([new RetirementGranted("M", "310", 2026_12, "1201", 360, 180)], await Granted(host));
    }

    [Fact]
    public async Task DeemedYearsAlone_DoNotReplacePaidOnes_TheMissingMonthsAreBought()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("W") with { Gend = "2" });
        await host.BillMonth(2026_11);
        await Ok(host.Post("/month-decisions", Decision("W", "deemed", 1985_01, 2009_12, "d1")));
        await Ok(host.Post("/month-decisions", Decision("W", "recorded", 2012_01, 2026_06, "d2")));
        // 300 deemed + 174 recorded: 474 of 300 needed, but 174 of 180 paid: 6 months at 6 % of 4,666.67 = 280.00 (280.0002).
        var test = await Ok(host.Get("/retirement-test/W?insutype=310&from_month=202612"));
        Assert.Equal((474, 174, 6, "1680.00"), (Int(test, "months"), Int(test, "paid_months"), Int(test, "missing_months"), test.GetProperty("price").GetString()));
        // Decided and withdrawn again: the bill is gone, and what was paid towards it waits for a refund or the next one.
        var first = (await Ok(host.Post("/retirements", Retire("W", "r0", buy: true)))).GetProperty("retirement_no").GetInt64();
        await Ok(host.PayBill("person:W", 1_00, "2026-11-21", "R0"));
        var withdrawal = new { reason = "本人改变主意", withdrawn_by = "钱经办", approver = "赵复核" };
        Assert.Equal("approval.same_person", await Code(host.Post($"/retirements/{first}/withdrawal", withdrawal with { approver = "钱经办" })));
        Assert.Equal("retirement.unknown", await Code(host.Post("/retirements/99/withdrawal", withdrawal)));
        for (var i = 0; i < 2; i++) await Ok(host.Post($"/retirements/{first}/withdrawal", withdrawal));
        Assert.Equal("retirement.withdrawn", await Code(host.Post($"/retirements/{first}/withdrawal", withdrawal with { reason = "另一个原因" })));
        var payer = await Ok(host.Get("/bill-payers/person:W"));
        Assert.Equal(("0.00", "1.00"), (payer.GetProperty("open").GetString(), payer.GetProperty("waiting").GetString()));
        await host.BillsAddUp();

        var decided = await Ok(host.Post("/retirements", Retire("W", "r1", buy: true)));
        Assert.False(decided.TryGetProperty("granted_at", out _));
        Assert.Equal("1678.99", (await Ok(host.PayBill("person:W", 1_678_99, "2026-11-21", "R1"))).GetProperty("suspense").GetString());
        Assert.Empty(await Granted(host));
        await Ok(host.PayBill("person:W", 1, "2026-11-21", "R2"));
        await Ok(host.PayBill("person:W", 1, "2026-11-21", "R2"));
        Assert.Equal([new RetirementGranted("W", "310", 2026_12, "1201", 480, 180)], await Granted(host));
        Assert.Equal((480, 180), await Counted(host, "W"));
        Assert.Equal("retirement.decided", await Code(host.Post($"/retirements/{decided.GetProperty("retirement_no").GetInt64()}/withdrawal", withdrawal)));
        Assert.Equal(1_680_00L, await host.Sql<long>("SELECT sum(amount_fen)::bigint FROM income WHERE source = 'personal'"));
        await host.BillsAddUp();
    }

    [Fact]
    public async Task NoMonthCountsTwice_AndADecisionIsRevokedByTwo()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("P"), TestPerson.New("OLD"));
        await host.Hear(Staff(1, "P", "E1", 10_000_00));
        await host.BillMonth(2026_11);
        await Ok(host.PayBill("E1", 800_00, "2026-11-21", "R1"));
        foreach (var (wrong, code) in new (object, string)[]
        {
            (Decision("P", "deemed", 2026_01, 2026_11, "d1"), "months.counted_already"), (Decision("P", "guessed", 2026_01, 2026_10, "d1"), "months.kind_unknown"), (Decision("P", "deemed", 2026_10, 2026_01, "d1"), "months.order_invalid"),
            (Decision("P", "deemed", 2026_01, 2026_12, "d1"), "months.order_invalid"), (Decision("P", "deemed", 2026_00, 2026_10, "d1"), "months.order_invalid"), (Decision("X", "deemed", 2026_01, 2026_10, "d1"), "payment.person_unknown"),
            (new { request_key = "d1", psn_no = "P", insutype = "310", kind = "deemed", from_month = 2026_01, to_month = 2026_10, papers = "", reason = "x", decided_by = "a", approver = "b" }, "months.papers_missing"),
            (new { request_key = "d1", psn_no = "P", insutype = "310", kind = "deemed", from_month = 2026_01, to_month = 2026_10, papers = "p", reason = "x", decided_by = "a", approver = "A " }, "approval.same_person"),
        })
            Assert.Equal(code, await Code(host.Post("/month-decisions", wrong)));
        var no = (await Ok(host.Post("/month-decisions", Decision("P", "deemed", 2026_01, 2026_10, "d1")))).GetProperty("decision_no").GetInt64();
        Assert.Equal("months.counted_already", await Code(host.Post("/month-decisions", Decision("P", "recorded", 2026_10, 2026_10, "d2"))));
        Assert.Equal((11, 1), await Counted(host, "P"));
        var revocation = new { reason = "材料系伪造", revoked_by = "钱经办", approver = "赵复核" };
        Assert.Equal("approval.same_person", await Code(host.Post($"/month-decisions/{no}/revocation", revocation with { approver = "钱经办" })));
        await Ok(host.Post($"/month-decisions/{no}/revocation", revocation));
        await Ok(host.Post($"/month-decisions/{no}/revocation", revocation));
        Assert.Equal("months.decision_revoked", await Code(host.Post($"/month-decisions/{no}/revocation", revocation with { reason = "又一次" })));
        Assert.Equal((1, 1), await Counted(host, "P"));

        // Another record of the same person: its months count for the one that leads on, each once.
        await Ok(host.Post("/month-decisions", Decision("OLD", "recorded", 2026_10, 2026_11, "d3")));
        await host.Told((context, calendar) => new MedInsure.Billing.Refunds.PersonMergedHandler(calendar).Handle(context, [new PersonMerged("OLD", "P", host.County.Code, 1, 2026_11_21, "同一证件", [])], default));
        Assert.Equal((2, 2), await Counted(host, "P"));
    }

    [Fact]
    public async Task Transferred_MonthsAndAccountComeAlong_AndLeaveWithWhoLeaves()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("T"));
        await host.Hear(Staff(1, "T", "E1", 10_000_00));
        await host.BillMonth(2026_11);
        await Ok(host.PayBill("E1", 800_00, "2026-11-21", "R1"));
        var transfer = new PersonTransferred(7, "T", "310", "in", "230200", 2026_11_10, 100, 20, 1_234_56);
        for (var i = 0; i < 2; i++) await host.Hear(transfer);
        Assert.Equal((121, 101), await Counted(host, "T"));
        Assert.Equal(380_00L, await host.Sql<long>("SELECT credited_fen FROM account WHERE psn_no = 'T'"));
        await Ok(host.PayBill("person:T", 1_234_56, "2026-11-21", "R2"));
        Assert.Equal(380_00L + 1_234_56, await host.Sql<long>("SELECT credited_fen FROM account WHERE psn_no = 'T'"));
        Assert.Equal((1_234_56L, 1_234_56L), (await host.Sql<long>("SELECT sum(amount_fen)::bigint FROM income WHERE source = 'transfer_in'"), await host.Sql<long>("SELECT sum(account_fen)::bigint FROM income WHERE source = 'transfer_in'")));
        await host.BillsAddUp();
        for (var i = 0; i < 2; i++) await host.Hear(transfer with { TransferNo = 8, Direction = "out", PaidMonths = 0, DeemedMonths = 0, AccountFen = 0, TransferredOn = 2026_11_21 });
        Assert.Equal((0, 0), await Counted(host, "T"));
    }

    private static int Int(System.Text.Json.JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static async Task<(int, int)> Counted(BillingHost host, string psnNo)
    {
        var months = await Ok(host.Get($"/contribution-months/{psnNo}?insutype=310"));
        return (Int(months, "months"), Int(months, "paid_months"));
    }

    private static async Task<RetirementGranted[]> Granted(BillingHost host) =>
        [.. (await host.Sql<string[]>("SELECT coalesce(array_agg(convert_from(payload, 'UTF8') ORDER BY seq), '{}') FROM outbox WHERE type = 'RetirementGranted'")).Select(p => EventJson.Read<RetirementGranted>(Encoding.UTF8.GetBytes(p)))];
}
