using System.Text.Json;
using MedInsure.Settlement.Tests.Ledger;
using MedInsure.Settlement.Tests.Pooling;

namespace MedInsure.Settlement.Tests.YearEndClose;

/// <summary>A county of Chizhou, accounted apart (分账核算), over a year's end: budget, carry-over, what is put by, interest, and Guichi's order when it is short.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class TwoYearsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PoolHost host = null!;
    private string City => host.City;
    private string County => host.Counties[0];

    public async Task InitializeAsync()
    {
        host = await PoolHost.Start(postgres.Server, prefix: "3417");
        host.SetDay(2025, 12, 20);
    }

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    private static object People(string no = "Y1") => new { request_no = no, prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond };

    private Task<JsonElement> Spends(string no, decimal amount, string day) => host.Post($"/ledger/{County}/vouchers", new
    {
        request_no = no, effective_on = day, memo = "支出", prepared_by = PoolDesk.First, approver = PoolDesk.Second,
        entries = new object[] { new { purpose = "benefit_expense", fund = "390100", debit = amount }, new { purpose = "expenditure_account", fund = "390100", credit = amount } },
    });

    private async Task<string> Applies(string no, int year, decimal revenue, decimal expenditure)
    {
        var lines = new[] { new { fund = "390100", side = "revenue", amount = revenue }, new { fund = "390100", side = "expenditure", amount = expenditure } };
        var number = PoolDesk.Text(await host.Post($"/fund/{County}/applications", new { request_no = no, kind = "budget", year, reason = "年度预算", lines, prepared_by = PoolDesk.First, approver = PoolDesk.Second }), "number");
        await host.Until(City, $"SELECT count(*)::text FROM fund_application WHERE number = '{number}'", "1");
        return number;
    }

    private Task<JsonElement> Decides(string number, string decision = "approved") =>
        host.Post($"/fund/{City}/applications/{number}/decision", new { decision, reason = "审核", prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond });

    private static object Short(string no, decimal amount, int year = 2026, string? county = null) =>
        new { request_no = no, county, year, reason = "弥补缺口", lines = new[] { new { fund = "390100", amount } }, prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond };

    [Fact]
    public async Task Surplus_IsPutByAndBearsTheNextYearsDeficitFirst()
    {
        // 2025: 100,000.00 come, 5,000.00 of it for 2026 (its revenue); 60,000.00 go out.
        await host.Receives(County, PoolDesk.Income(1, 95_000_00, period: 2025), PoolDesk.Income(2, 5_000_00, period: 2026));
        await host.Remitted(County, "R1", 100_000m, day: "2025-12-20");
        await host.Allocated(County, "A1", 60_000m, "2025-12-20");
        await Spends("V1", 60_000m, "2025-12-20");
        Assert.Equal("year_end.days_open", await host.Refused($"/fund/{County}/year-ends/2025", People()));
        host.SetDay(2026, 1, 2);
        await host.Closes(County, "2025-12-31");
        Assert.Equal("year_end.days_open", await host.Refused($"/fund/{City}/year-ends/2025", People()));
        await host.Post($"/ledger/{City}/closings", new { day = "2025-12-31", closed_by = PoolDesk.CityFirst });
        Assert.Equal("year_end.county_not_carried", await host.Refused($"/fund/{City}/year-ends/2025", People()));

        // Interest of the last quarter: 40,000.00 for the 12 days from the 20th at 0.35 %: 4,000,000 fen × 12 × 35 / 3,600,000 = 466.67.
        var interest = await host.Post($"/fund/{City}/interest", new { year = 2025, quarter = 4, prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond });
        Assert.Equal(4.67m, interest.GetProperty("counties")[0].GetProperty("amount").GetDecimal());
        Assert.Equal(interest.GetRawText()[..40], (await host.Post($"/fund/{City}/interest", new { year = 2025, quarter = 4, prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond })).GetRawText()[..40]);
        Assert.Equal("year_end.days_open", await host.Refused($"/fund/{City}/interest", new { year = 2026, quarter = 1, prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond }));
        await host.Until(County, "SELECT count(*)::text FROM voucher WHERE kind = 'year_end'", "1");

        Assert.Equal("approval.same_person", await host.Refused($"/fund/{County}/year-ends/2025", new { request_no = "Y1", prepared_by = "王", approver = "王" }));
        var carried = await host.Post($"/fund/{County}/year-ends/2025", People());
        Assert.Equal(carried.GetRawText(), (await host.Post($"/fund/{County}/year-ends/2025", People())).GetRawText());
        Assert.Equal("year_end.nothing_to_carry", await host.Refused($"/fund/{County}/year-ends/2025", People("Y2")));
        // 95,000.00 and the interest less 60,000.00; what was paid ahead waits for its year.
        Assert.Contains("accumulated_surplus/390100/ -3500467", await host.Balances(County));
        Assert.Contains("revenue_personal/390100/ -500000", await host.Balances(County));
        // Late: booked now, of last year. The difference is carried.
        await Spends("V2", 467.67m - 467m, "2025-12-30");
        await host.Post($"/fund/{County}/year-ends/2025", People("Y2"));
        Assert.Contains("accumulated_surplus/390100/ -3500400", await host.Balances(County));

        host.SetDay(2026, 1, 3);
        await host.Closes(County, "2026-01-02");
        var aside = await host.Post($"/fund/{City}/year-ends/2025", People("Y1-1"));
        Assert.Equal(-35_004m, aside.GetProperty("moves")[0].GetProperty("amount").GetDecimal());
        Assert.Equal(PoolDesk.Text(aside.GetProperty("moves")[0], "number"), PoolDesk.Text((await host.Post($"/fund/{City}/year-ends/2025", People("Y1-1"))).GetProperty("moves")[0], "number"));
        // A number that begins another one is another request.
        Assert.Equal("year_end.nothing_to_carry", await host.Refused($"/fund/{City}/year-ends/2025", People()));
        await host.Until(City, "SELECT count(*)::text FROM fund_move WHERE state <> 'arrived'", "0");
        // 100,000.00 up, 60,000.00 down, 4.67 interest: 40,004.67, of which 35,004.00 is put by.
        Assert.Contains($"accumulated_surplus/390100/{County} -3500400", await host.Balances(City));
        Assert.Contains($"sub_account/390100/{County} -500067", await host.Balances(City));

        var accounts = (await host.Get($"/fund/{County}/final-accounts/2025")).GetProperty("pools")[0];
        Assert.Equal((0m, 95_004.67m, 60_000.67m, 35_004m, true), (accounts.GetProperty("opening").GetDecimal(), accounts.GetProperty("revenue").GetProperty("total").GetDecimal(),
            accounts.GetProperty("expenditure").GetProperty("total").GetDecimal(), accounts.GetProperty("closing").GetDecimal(), accounts.GetProperty("carried").GetBoolean()));
        Assert.Equal(accounts.GetRawText(), (await host.Get($"/fund/{City}/final-accounts/2025")).GetProperty("pools")[0].GetRawText());
        var page = System.Text.Encoding.UTF8.GetString(await host.Download($"/fund/{County}/final-accounts/2025?format=html"));
        Assert.Contains("95,004.67", page, StringComparison.Ordinal);

        // 2026: it may plan what it had put by (35,004.00) and what it will receive.
        Assert.Equal("pool.budget_above_fund", await host.Refused($"/fund/{County}/applications", new
        {
            request_no = "B0", kind = "budget", year = 2026, reason = "年度预算", prepared_by = PoolDesk.First, approver = PoolDesk.Second,
            lines = new[] { new { fund = "390100", side = "revenue", amount = 5_000m }, new { fund = "390100", side = "expenditure", amount = 40_004.01m } },
        }));
        Assert.Equal("pool.budget_missing", await host.Refused($"/fund/{City}/deficits", Short("D0", 50_000, county: County)));
        var budget = await Applies("B1", 2026, 5_000m, 40_004m);
        Assert.Equal("approval.same_person", await host.Refused($"/fund/{City}/applications/{budget}/decision", new { decision = "approved", reason = "审核", prepared_by = PoolDesk.CityFirst, approver = PoolDesk.Second }));
        Assert.Equal("approved", PoolDesk.Text(await Decides(budget), "state"));
        Assert.Equal("pool.application_decided", await host.Refused($"/fund/{City}/applications/{budget}/decision", new { decision = "refused", reason = "审核", prepared_by = PoolDesk.CityFirst, approver = PoolDesk.CitySecond }));
        await host.Until(County, "SELECT state FROM fund_application", "approved");

        // 50,000.00 are needed, 5,000.67 are there. The revenue budget is met by what was paid ahead: its own surplus, then the county itself.
        Assert.Equal("pool.sub_account_short", await host.Refused($"/fund/{City}/allocations", new { request_no = "A2", county = County, reason = "下拨", lines = new[] { new { fund = "390100", amount = 50_000m } }, prepared_by = PoolDesk.CityFirst }));
        var shares = (await host.Post($"/fund/{City}/deficits", Short("D1", 50_000, county: County))).GetProperty("moves");
        Assert.Equal(["surplus 35004.00", "deficit 9995.33"], shares.EnumerateArray().Select(m => $"{PoolDesk.Text(m, "kind")} {m.GetProperty("amount")}"));
        Assert.Equal(shares.EnumerateArray().Select(m => PoolDesk.Text(m, "number")), (await host.Post($"/fund/{City}/deficits", Short("D1", 50_000, county: County))).GetProperty("moves").EnumerateArray().Select(m => PoolDesk.Text(m, "number")));
        Assert.Equal("pool.no_deficit", await host.Refused($"/fund/{City}/deficits", Short("D2", 50_000, county: County)));
        await host.Until(City, "SELECT count(*)::text FROM fund_move WHERE state <> 'arrived'", "0");
        Assert.Contains("county_deficit/390100/ -999533", await host.Balances(County));
        Assert.Contains($"county_deficit/390100/{County} 999533", await host.Balances(City));

        // The county pays what it bears itself.
        await host.Post($"/ledger/{County}/vouchers", new
        {
            request_no = "V3", effective_on = "2026-01-03", memo = "县财政弥补", prepared_by = PoolDesk.First, approver = PoolDesk.Second,
            entries = new object[] { new { purpose = "revenue_account", fund = "390100", counterparty = "counter", debit = 9_995.33m }, new { purpose = "revenue_county", fund = "390100", credit = 9_995.33m } },
        });
        await host.Remitted(County, "R2", 9_995.33m, "deficit_payment", "2026-01-03");
        Assert.DoesNotContain(await host.Balances(City), b => b.StartsWith("county_deficit", StringComparison.Ordinal));
        await host.Allocated(County, "A2", 50_000m, "2026-01-03");
        host.SetDay(2026, 1, 4);
        await host.Closes(County, "2026-01-03");
        Assert.All((await host.Get($"/fund/{City}/sub-accounts")).GetProperty("sub_accounts").EnumerateArray(), s => Assert.Equal(0m, s.GetProperty("unexplained").GetDecimal()));
        foreach (var tenant in (string[])[City, County]) Assert.Empty((await LedgerDesk.Verify(await host.Download($"/ledger/{tenant}/export"))).Findings);

        // Once more short, and next year's budget is not met: the county itself at once, whatever it has put by.
        await Decides(await Applies("B2", 2027, 1m, 1m));
        Assert.Equal(["deficit"], (await host.Post($"/fund/{City}/deficits", Short("D3", 10, 2027, County))).GetProperty("moves").EnumerateArray().Select(m => PoolDesk.Text(m, "kind")));
    }
}
