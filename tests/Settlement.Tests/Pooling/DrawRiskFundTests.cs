using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>Bijie: all money is swept up, the risk adjustment fund is filled by the split up to its cap, and drawn over years for an abnormal overspend only.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class DrawRiskFundTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PoolHost host = null!;
    private string City => host.City;

    public async Task InitializeAsync() => host = await PoolHost.Start(postgres.Server, counties: 2, prefix: "5205", pack: "bijie/resident");
    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    private static object Payment(string no, string county) => new { request_no = no, county, fund = "390100", year = 2026, prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond };
    private static object Decision(decimal? amount = null, int? years = null, string decision = "approved") => new { decision, amount, years, reason = "审核", prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond };
    private static object People => new { prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond };

    private async Task<string> Applies(string county, string no, string kind, params object[] lines)
    {
        var number = PoolDesk.Text(await host.Post($"/fund/{county}/applications", new { request_no = no, kind, year = 2026, month = kind == "allocation" ? 7 : (int?)null, reason = "申请", lines, prepared_by = PoolDesk.First, approver = PoolDesk.Second }), "number");
        await host.Until(City, $"SELECT count(*)::text FROM fund_application WHERE number = '{number}'", "1");
        return number;
    }

    /// <summary>A million comes; of it 3 % is set aside (assumed, bijie/resident.yaml); 1,200.00 is spent of 1,000.00 budgeted; all of it goes up by the standing order.</summary>
    private async Task Begins(string county)
    {
        await host.Receives(county, PoolDesk.Income(1, 1_000_000_00));
        await host.Post($"/ledger/{county}/splits", new { request_no = "S1", insutype = "390", year = 2026, heads = 0, prepared_by = PoolDesk.First, approver = PoolDesk.Second });
        await host.Post($"/ledger/{county}/vouchers", new
        {
            request_no = "V1", effective_on = "2026-06-30", memo = "支出", prepared_by = PoolDesk.First, approver = PoolDesk.Second,
            entries = new object[] { new { purpose = "benefit_expense", fund = "390100", debit = 120_000m }, new { purpose = "provider_payable", fund = "390100", counterparty = "H1", credit = 120_000m } },
        });
        var swept = (await SweepRevenue.Execute(host.Place(county), host.Calendar, default))!;
        Assert.Equal((1_000_000_00, "sent", 0), (swept.AmountFen, swept.State, swept.People.Count));
        Assert.Null(await SweepRevenue.Execute(host.Place(county), host.Calendar, default));
        // It has gone, without people: nobody sends it again.
        Assert.Equal("pool.move_not_in_state", await host.Refused($"/fund/{county}/moves/{swept.Number}/sending", new { approver = PoolDesk.Second, bank_reference = swept.BankReference, sent_on = "2026-06-30", amount = 1_000_000m }));
        await host.Until(City, $"SELECT state FROM fund_move WHERE number = '{swept.Number}'", "sent");
        await host.Post($"/fund/{City}/arrivals", new { bank_reference = "IN-" + county, number = swept.Number, amount = 1_000_000m, arrived_on = "2026-06-30", confirmed_by = PoolDesk.CityFirst });
    }

    [Fact]
    public async Task Fund_IsFilledToItsCapAndDrawnOverYears()
    {
        var (first, second) = (host.Counties[0], host.Counties[1]);
        await Begins(first);
        await Begins(second);
        host.SetDay(2026, 7, 1);
        foreach (var county in host.Counties) await host.Closes(county, "2026-06-30");
        var pay = $"/fund/{City}/risk-payments";
        Assert.Equal("pool.budget_missing", await host.Refused(pay, Payment("P1", first)));
        // Revenue budget 400,000.00 in all: the cap of 10 % is 40,000.00, which 30,000.00 and 10,000.00 of the second's 30,000.00 fill.
        foreach (var county in host.Counties)
        {
            var budget = await Applies(county, "B1", "budget", new { fund = "390100", side = "revenue", amount = 200_000 }, new { fund = "390100", side = "expenditure", amount = 100_000 });
            await host.Post($"/fund/{City}/applications/{budget}/decision", Decision());
        }
        Assert.Equal(-30_000m, (await host.Post(pay, Payment("P1", first))).GetProperty("amount").GetDecimal());
        Assert.Equal(-30_000m, (await host.Post(pay, Payment("P1", first))).GetProperty("amount").GetDecimal());
        Assert.Equal("pool.nothing_to_pay_in", await host.Refused(pay, Payment("P2", first)));
        Assert.Equal(-10_000m, (await host.Post(pay, Payment("P3", second))).GetProperty("amount").GetDecimal());
        Assert.Equal("pool.risk_fund_full", await host.Refused(pay, Payment("P4", second)));
        await host.Until(City, "SELECT count(*)::text FROM fund_move WHERE kind = 'risk_payment' AND state <> 'arrived'", "0");
        Assert.Contains("risk_fund/390100.risk_adjustment/ 3000000", await host.Balances(first));

        // 20,000.00 over the budget, of which 5,000.00 is normal: 15,000.00 at most, in two years 7,500.00 each.
        var asked = await Applies(first, "K1", "risk_fund", new { fund = "390100", amount = 20_000 });
        var decide = $"/fund/{City}/applications/{asked}/decision";
        Assert.Equal("pool.above_overspend", await host.Refused(decide, Decision()));
        Assert.Equal("pool.above_overspend", await host.Refused(decide, Decision(15_000.01m)));
        Assert.Equal("pool.years_invalid", await host.Refused(decide, Decision(15_000, 4)));
        Assert.Equal("pool.amount_invalid", await host.Refused(decide, Decision(20_000.01m)));
        Assert.Equal("pool.application_not_approved", await host.Refused($"/fund/{City}/applications/{asked}/draws", People));
        Assert.Equal("approved", PoolDesk.Text(await host.Post(decide, Decision(15_000, 2)), "state"));
        await host.Until(first, $"SELECT concat_ws(' ', state, years) FROM fund_application WHERE number = '{asked}'", "approved 2");
        Assert.Equal(7_500m, (await host.Post($"/fund/{City}/applications/{asked}/draws", People)).GetProperty("amount").GetDecimal());
        // This year's part is drawn once.
        await host.Post($"/fund/{City}/applications/{asked}/draws", People);
        await host.Until(first, "SELECT count(*)::text FROM voucher WHERE kind = 'risk_fund'", "2");
        Assert.Contains("risk_fund/390100/ -750000", await host.Balances(first));
        Assert.Contains($"sub_account/390100/{first} -97750000", await host.Balances(City));

        // Half of 40,000.00 is 20,000.00 a year, of which 7,500.00 is drawn: 12,500.00 is left for others. One overspend is made good once.
        var other = await Applies(second, "K1", "risk_fund", new { fund = "390100", amount = 15_000 });
        Assert.Equal("pool.above_draw_cap", await host.Refused($"/fund/{City}/applications/{other}/decision", Decision()));
        await host.Post($"/fund/{City}/applications/{other}/decision", Decision(12_500));
        await host.Post($"/fund/{City}/applications/{other}/draws", People);
        var again = await Applies(second, "K2", "risk_fund", new { fund = "390100", amount = 2_500.01m });
        Assert.Equal("pool.above_overspend", await host.Refused($"/fund/{City}/applications/{again}/decision", Decision()));
        Assert.Equal("refused", PoolDesk.Text(await host.Post($"/fund/{City}/applications/{again}/decision", Decision(decision: "refused")), "state"));
        // The next year: 20,000.00 are left, 10,000.00 may be drawn.
        host.SetDay(2027, 1, 4);
        Assert.Equal(7_500m, (await host.Post($"/fund/{City}/applications/{asked}/draws", People)).GetProperty("amount").GetDecimal());
        host.SetDay(2028, 1, 4);
        Assert.Equal("pool.application_decided", await host.Refused($"/fund/{City}/applications/{asked}/draws", People));

        // Allocations: by application, and as a month's plan of the last three months' mean: 120,000.00 / 3.
        host.SetDay(2026, 7, 2);
        var needed = await Applies(first, "M1", "allocation", new { fund = "390100", amount = 1_000 });
        await host.Post($"/fund/{City}/applications/{needed}/decision", Decision());
        Assert.Equal(["1000.00"], (await host.Get($"/fund/{City}/moves?kind=allocation&state=proposed")).GetProperty("moves").EnumerateArray().Select(m => $"{m.GetProperty("amount")}"));
        var planned = (await host.Post($"/fund/{City}/allocation-plans", new { month = 202607, prepared_by = PoolDesk.CityFirst })).GetProperty("planned").EnumerateArray().ToList();
        Assert.Equal([40_000m, 40_000m], planned.Select(p => p.GetProperty("mean").GetDecimal()));
        Assert.Equal(planned.Select(p => p.GetRawText()), (await host.Post($"/fund/{City}/allocation-plans", new { month = 202607, prepared_by = PoolDesk.CityFirst })).GetProperty("planned").EnumerateArray().Select(p => p.GetRawText()));

        // The position of June, at the county and at the city, and the warning that somebody is told of.
        var position = (await host.Get($"/fund/{City}?month=202606&county={first}")).GetProperty("pools")[0];
        Assert.Equal((1_000_000m, 120_000m, 880_000m, 7.3m), (position.GetProperty("revenue").GetDecimal(), position.GetProperty("expenditure").GetDecimal(), position.GetProperty("balance").GetDecimal(), position.GetProperty("months_of_reserve").GetDecimal()));
        Assert.Equal(1_760_000m, (await host.Get($"/fund/{City}?month=202606")).GetProperty("pools")[0].GetProperty("balance").GetDecimal());
        Assert.Equal(880_000m, (await host.Get($"/fund/{first}?month=202606")).GetProperty("pools")[0].GetProperty("balance").GetDecimal());
        Assert.Equal(0, await FundWarningWorker.Look(host.Place(City), host.Counties, host.Calendar, default));
        host.SetDay(2026, 8, 1);
        Assert.Null(await FundWarningWorker.Look(host.Place(City), host.Counties, host.Calendar, default)); // July is not closed
        await host.Post($"/ledger/{first}/vouchers", new
        {
            request_no = "V2", effective_on = "2026-07-31", booked_on = "2026-07-31", memo = "支出", prepared_by = PoolDesk.First, approver = PoolDesk.Second,
            entries = new object[] { new { purpose = "benefit_expense", fund = "390100", debit = 600_000m }, new { purpose = "provider_payable", fund = "390100", counterparty = "H1", credit = 600_000m } },
        });
        foreach (var county in host.Counties) await host.Closes(county, "2026-07-31");
        // 257,500.00 (with what was drawn, without what was paid in) over 360,000.00 a month: 0.7 months.
        Assert.True(await FundWarningWorker.Look(host.Place(City), host.Counties, host.Calendar, default) > 0);
        var warning = Assert.Single((await host.Get($"/fund/{City}/warnings")).GetProperty("warnings").EnumerateArray(), w => PoolDesk.Text(w, "county") == first);
        Assert.Equal(("red", "390", 202607), (PoolDesk.Text(warning, "level"), PoolDesk.Text(warning, "pool"), warning.GetProperty("month").GetInt32()));
        var told = $"/fund/{City}/warnings/{first}/390/202607/told";
        Assert.Equal("pool.told_missing", await host.Refused(told, new { told_by = PoolDesk.CityFirst }));
        Assert.Equal("市财政局", PoolDesk.Text(await host.Post(told, new { told_to = "市财政局", told_by = PoolDesk.CityFirst }), "told_to"));
        Assert.Equal("市财政局", PoolDesk.Text(await host.Post(told, new { told_to = "别人", told_by = PoolDesk.CityFirst }), "told_to"));
        Assert.Equal("pool.warning_unknown", await host.Refused($"/fund/{City}/warnings/{first}/390/202601/told", new { told_to = "市财政局", told_by = PoolDesk.CityFirst }));
    }
}
