using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Settlement.Pooling;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>Money up and down between a county and its city: both ledgers mirror, what is on its way explains the difference, and what nobody knows is listed.</summary>
[Trait("Category", "Messaging")]
[Collection(PostgresCollection.Name)]
public sealed class ConfirmArrivalTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PoolHost host = null!;
    private string City => host.City;
    private string County => host.Counties[0];

    public async Task InitializeAsync() => host = await PoolHost.Start(postgres.Server, counties: 2);
    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Fact]
    public async Task UpAndDown_BothLedgersMirror()
    {
        await host.Receives(County, PoolDesk.Income(1, 100_000_00), PoolDesk.Income(2, 50_000_00, "central"));
        await host.Remitted(County, "R1", 120_000m);
        await host.Allocated(County, "A1", 30_000.01m);
        Assert.Equal(["city_pool/390100/ 8999999", "expenditure_account/390100/ 3000001", "revenue_account/390100/counter 3000000", "revenue_central/390100/ -5000000", "revenue_personal/390100/ -10000000"], await host.Balances(County));
        Assert.Equal(["fiscal_account/390100/ 8999999", $"sub_account/390100/{County} -8999999"], await host.Balances(City));
        host.SetDay(2026, 7, 1);
        await host.Closes(County, "2026-06-30");
        Assert.Equal(["01 390100 current: 89999.99 89999.99 0.00 0.00"], await host.SubAccounts());
        // The other county has nothing of it.
        Assert.Empty(await host.Balances(host.Counties[1]));
        Assert.Equal(["0"], await host.Rows(host.Counties[1], "SELECT count(*)::text FROM fund_move"));
        foreach (var tenant in (string[])[City, County]) Assert.Empty((await LedgerDesk.Verify(await host.Download($"/ledger/{tenant}/export"))).Findings);
        // What is sent goes on whoever asks again, and the same request is the same move.
        var moves = (await host.Get($"/fund/{City}/moves?state=arrived")).GetProperty("moves");
        Assert.Equal(2, moves.GetArrayLength());
        Assert.Equal("0", (await host.Rows(City, "SELECT count(*)::text FROM fund_move WHERE state <> 'arrived'")).Single());
    }

    [Fact]
    public async Task OnItsWay_ExplainsTheDifference_AndIsListedOnBothSides()
    {
        await host.Receives(County, PoolDesk.Income(1, 100_000_00));
        var number = PoolDesk.Text(await host.Post($"/fund/{County}/remittances", new { request_no = "R1", reason = "全部上解", prepared_by = PoolDesk.First }), "number");
        Assert.Equal("pool.nothing_to_remit", await host.Refused($"/fund/{County}/remittances", new { request_no = "R2", reason = "全部上解", prepared_by = PoolDesk.First }));
        await host.Post($"/fund/{County}/moves/{number}/sending", new { approver = PoolDesk.Second, bank_reference = "B1", sent_on = "2026-06-30", amount = 100_000 });
        host.SetDay(2026, 7, 1);
        await host.Closes(County, "2026-06-30");
        await host.Until(City, "SELECT state FROM fund_move", "sent");
        Assert.Equal(["01 390100 current: 0.00 100000.00 100000.00 0.00"], await host.SubAccounts());
        Assert.Equal(number, PoolDesk.Text((await host.Get($"/fund/{City}/worklist")).GetProperty("to_arrive")[0], "number"));
        Assert.Equal(number, PoolDesk.Text((await host.Get($"/fund/{County}/worklist")).GetProperty("on_the_way")[0], "number"));
        await host.Post($"/fund/{City}/arrivals", new { bank_reference = "C1", number, amount = 100_000, arrived_on = "2026-07-01", confirmed_by = PoolDesk.CityFirst });
        await host.Until(County, "SELECT state FROM fund_move", "arrived");
        // Booked a day later at the city: still explained at the county's day.
        Assert.Equal(["01 390100 current: 0.00 100000.00 100000.00 0.00"], await host.SubAccounts());
        await host.Receives(County, PoolDesk.Income(2, 1));
        host.SetDay(2026, 7, 2);
        await host.Closes(County, "2026-07-01");
        Assert.Equal(["01 390100 current: 100000.00 100000.00 0.00 0.00"], await host.SubAccounts());
    }

    [Fact]
    public async Task MoneyThatNobodyKnows_IsListedAndFound()
    {
        await host.Receives(County, PoolDesk.Income(1, 100_000_00));
        async Task<System.Text.Json.JsonElement> Came(string reference, string no, decimal amount) =>
            await host.Post($"/fund/{City}/arrivals", new { bank_reference = reference, number = no, amount, arrived_on = "2026-06-30", confirmed_by = PoolDesk.CityFirst });
        // Before its announcement, which is on its way: found by itself when that comes.
        var first = $"{County}M000000000001";
        Assert.Equal(("unmatched", "number_unknown"), (PoolDesk.Text(await Came("C1", first, 60_000), "state"), PoolDesk.Text(await Came("C1", first, 60_000), "finding")));
        Assert.Equal("pool.reference_used", await host.Refused($"/fund/{City}/arrivals", new { bank_reference = "C1", number = first, amount = 60_001, arrived_on = "2026-06-30", confirmed_by = PoolDesk.CityFirst }));
        Assert.Equal(["fiscal_account// 6000000", "suspense// -6000000"], await host.Balances(City));
        await host.Post($"/fund/{County}/remittances", new { request_no = "R1", reason = "上解", lines = new[] { new { fund = "390100", counterparty = "counter", amount = 60_000 } }, prepared_by = PoolDesk.First });
        await host.Post($"/fund/{County}/moves/{first}/sending", new { approver = PoolDesk.Second, bank_reference = "B1", sent_on = "2026-06-30", amount = 60_000 });
        await host.Until(County, "SELECT state FROM fund_move", "arrived");
        Assert.Equal(["fiscal_account/390100/ 6000000", $"sub_account/390100/{County} -6000000"], await host.Balances(City));

        // Again: the money came twice. One fen too little. Each stays listed.
        Assert.Equal("arrived_before", PoolDesk.Text(await Came("C2", first, 60_000), "finding"));
        var second = PoolDesk.Text(await host.Post($"/fund/{County}/remittances", new { request_no = "R2", reason = "上解", prepared_by = PoolDesk.First }), "number");
        await host.Post($"/fund/{County}/moves/{second}/sending", new { approver = PoolDesk.Second, bank_reference = "B2", sent_on = "2026-06-30", amount = 40_000 });
        await host.Until(City, $"SELECT state FROM fund_move WHERE number = '{second}'", "sent");
        Assert.Equal("amount_differs", PoolDesk.Text(await Came("C3", second, 39_999.99m), "finding"));
        Assert.Equal(["C2", "C3"], (await host.Get($"/fund/{City}/worklist")).GetProperty("unmatched_arrivals").EnumerateArray().Select(a => PoolDesk.Text(a, "bank_reference")));
        object Resolution(string? no, string approver = PoolDesk.CitySecond) => new { number = no, reason = "核对", prepared_by = PoolDesk.CityFirst, approver };
        Assert.Equal("pool.arrival_does_not_match", await host.Refused($"/fund/{City}/arrivals/C3/resolution", Resolution(second)));
        Assert.Equal("approval.same_person", await host.Refused($"/fund/{City}/arrivals/C3/resolution", Resolution(null, PoolDesk.CityFirst)));
        Assert.Equal("returned", PoolDesk.Text(await host.Post($"/fund/{City}/arrivals/C3/resolution", Resolution(null)), "state"));
        Assert.Equal("pool.arrival_settled", await host.Refused($"/fund/{City}/arrivals/C3/resolution", Resolution(null)));
        Assert.Equal("pool.arrival_unknown", await host.Refused($"/fund/{City}/arrivals/C9/resolution", Resolution(null)));
        // It was written with another number: it is the second one's.
        Assert.Equal("number_unknown", PoolDesk.Text(await Came("C4", "打错了", 40_000), "finding"));
        Assert.Equal("matched", PoolDesk.Text(await host.Post($"/fund/{City}/arrivals/C4/resolution", Resolution(second)), "state"));
        Assert.Equal(["fiscal_account// 6000000", "fiscal_account/390100/ 10000000", $"sub_account/390100/{County} -10000000", "suspense// -6000000"], await host.Balances(City));
        Assert.Empty((await LedgerDesk.Verify(await host.Download($"/ledger/{City}/export"))).Findings);
    }

    [Fact]
    public async Task RepeatedMessages_BookOnce_AndOtherContentIsAnError()
    {
        await host.Receives(County, PoolDesk.Income(1, 100_000_00));
        await host.Remitted(County, "R1", 100m);
        var calendar = new ChinaCalendar(new SetTime(SettlementNode.Start));
        var told = new FundMoved($"{County}M000000000001", "remittance", County, 0, "上解", [PoolDesk.First, PoolDesk.Second], $"UP-{County}M000000000001", 20260630, 20260630, [new FundMovedLine("390100", 100_00)]);
        var before = await host.Balances(City);
        await host.Hears(City, County, new FundMovedHandler(calendar), told, told);
        Assert.Equal(before, await host.Balances(City));
        foreach (var other in (FundMoved[])[told with { Lines = [new FundMovedLine("390100", 100_01)] }, told with { BankReference = "?" }, told with { County = host.Counties[1] }])
            await Assert.ThrowsAsync<InvalidOperationException>(() => host.Hears(City, County, new FundMovedHandler(calendar), other));
        // A move of the city's without money: booked once however often it comes.
        var share = new FundMoved($"{City}M000000000009", "interest", County, 2026, "计息", [PoolDesk.CityFirst, PoolDesk.CitySecond], "", 20260630, 20260630, [new FundMovedLine("390100", 12_34)]);
        for (var i = 0; i < 3; i++) await host.Hears(County, City, new FundMovedHandler(calendar), share);
        Assert.Contains("revenue_interest/390100/ -1234", await host.Balances(County));
        Assert.Equal(["1"], await host.Rows(County, "SELECT count(*)::text FROM voucher WHERE kind = 'year_end'"));
        // Of another county: none of this one's business.
        await host.Hears(host.Counties[1], City, new FundMovedHandler(calendar), share);
        Assert.Empty(await host.Balances(host.Counties[1]));
    }

    [Fact]
    public async Task Refusals_InTheirOrder()
    {
        await host.Receives(County, PoolDesk.Income(1, 1_000_00));
        object Order(string no = "R1", decimal amount = 1_000, string by = PoolDesk.First, string? kind = null, string reason = "上解", string account = "revenue_account") =>
            new { request_no = no, kind, reason, lines = new[] { new { fund = "390100", account, counterparty = "counter", amount } }, prepared_by = by };
        var remit = $"/fund/{County}/remittances";
        foreach (var (order, code) in ((object, string)[])[(Order(by: ""), "approval.person_missing"), (Order(no: ""), "request.number_invalid"), (Order(kind: "gift"), "pool.kind_unknown"), (Order(reason: ""), "pool.reason_missing"),
            (Order(amount: 0), "pool.lines_invalid"), (Order(account: "suspense"), "pool.lines_invalid"), (Order(amount: 1_000.01m), "pool.account_short")])
            Assert.Equal(code, await host.Refused(remit, order));
        Assert.Equal("pool.not_a_county", await host.Refused($"/fund/{City}/remittances", Order()));
        Assert.Equal("request.text_invalid", await host.Refused($"/fund/{County}/applications", new { request_no = "X", kind = "allocation", year = 2026, month = 7, reason = "x", lines = new[] { new { fund = "390\0", amount = 1 } }, prepared_by = PoolDesk.First, approver = PoolDesk.Second }));
        Assert.Equal("tenant.unknown", await host.Refused($"/fund/{County}/allocations", new { }));
        var number = PoolDesk.Text(await host.Post(remit, Order()), "number");
        Assert.Equal(number, PoolDesk.Text(await host.Post(remit, Order()), "number"));
        Assert.Equal("request.key_reused", await host.Refused(remit, Order(amount: 999)));
        Assert.Equal("pool.account_short", await host.Refused(remit, Order("R2", 1)));

        object Sending(string by = PoolDesk.Second, string reference = "B1", string day = "2026-06-30", decimal amount = 1_000) => new { approver = by, bank_reference = reference, sent_on = day, amount };
        var send = $"/fund/{County}/moves/{number}/sending";
        foreach (var (order, code) in ((object, string)[])[(Sending(by: ""), "approval.person_missing"), (Sending(reference: ""), "pool.reference_missing"), (Sending(day: "2026-07-01"), "pool.day_invalid"), (Sending(by: PoolDesk.First), "approval.same_person"), (Sending(amount: 1_000.01m), "pool.amount_mismatch")])
            Assert.Equal(code, await host.Refused(send, order));
        Assert.Equal("pool.move_unknown", await host.Refused($"/fund/{County}/moves/X/sending", Sending()));
        await host.Post(send, Sending());
        Assert.Equal("sent", PoolDesk.Text(await host.Post(send, Sending()), "state"));
        Assert.Equal("pool.move_not_in_state", await host.Refused(send, Sending(reference: "B2")));
        Assert.Equal("pool.move_not_in_state", await host.Refused($"/fund/{County}/moves/{number}/withdrawal", new { withdrawn_by = PoolDesk.First }));
        await host.Until(City, "SELECT state FROM fund_move", "sent");
        // Who sent it does not confirm it.
        Assert.Equal("approval.same_person", await host.Refused($"/fund/{City}/arrivals", new { bank_reference = "C1", number, amount = 1_000, arrived_on = "2026-06-30", confirmed_by = PoolDesk.Second }));
        object Down(string county, decimal amount) => new { request_no = "A1", county, reason = "下拨", lines = new[] { new { fund = "390100", amount } }, prepared_by = PoolDesk.CityFirst };
        Assert.Equal("pool.county_unknown", await host.Refused($"/fund/{City}/allocations", Down("999901", 1)));
        // It is announced and not there: not one fen goes down.
        Assert.Equal("pool.sub_account_short", await host.Refused($"/fund/{City}/allocations", Down(County, 0.01m)));
        Assert.Equal("pool.state_unknown", await host.Refused($"/fund/{City}/moves?state=lost", null));
        Assert.Empty(await host.Balances(City));
    }
}
