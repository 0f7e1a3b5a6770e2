using System.Text.Json;
using MedInsure.FraudAudit.Tests.Checks;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.FraudAudit.Tests.Stock.StockDesk;

namespace MedInsure.FraudAudit.Tests.Stock;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class RunStockRulesTests(AuditFixture fixture) : IAsyncLifetime
{
    private CatalogServer catalog = null!;
    private AuditHost host = null!;

    public async Task InitializeAsync()
    {
        catalog = await CatalogServer.Start();
        host = await fixture.Start(neighbours: catalog.Address);
        await CatalogServer.Loaded(host);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await catalog.DisposeAsync();
    }

    private const string Code = "81000000000000000001", Other = "81000000000000000002";

    private async Task<JsonElement> Run(string key, string month = "2026-11") => (await host.Post("/stock/runs", new { request_key = key, month, requested_by = "Li", reason = "月度核对" })).Body;

    private static AuditClaim Pack(string psn, int on, string provider, string code, bool split = false)
    {
        var claim = Bill.Visit(on: on, psn: psn, provider: provider, lines: Bill.Line("T", 20m, on));
        (split ? claim.Line[0].SplitTraceCode : claim.Line[0].TraceCode).Add(code);
        return claim;
    }

    private async Task<string[]> Standing() =>
        (await host.Sql<string>("SELECT string_agg(substr(rule, 11, 3) || ' ' || setl_id || ' ' || in_scope_fen, ',' ORDER BY rule, setl_id) FROM finding WHERE gone_at IS NULL"))?.Split(',') ?? [];

    [Fact]
    public async Task MoreSettledThanInStock_StandsOnce_AndGoesWhenTheMissingPurchaseIsTold()
    {
        var desk = new StockDesk(host);
        var (early, late) = (Bill.Visit(on: 20261103, lines: Bill.Line("X", 80m, 20261103, 8)), Bill.Visit(on: 20261110, lines: Bill.Line("X", 120m, 20261110, 12)));
        await desk.Settle(early, late);
        // Counted in October at 9, two sold and one found since; ten bought in November, five of them sent back: 13 for 20.
        await desk.Tell("H1", Movement("count", "1", 9, 20261020), Movement("sale", "1", 2, 20261025), Movement("change", "1", 1, 20261026), Movement("purchase", "1", 10, 20261102), Movement("purchase_return", "1", 5, 20261104), Movement("sale", "2", 20, 20261110));
        var run = await Run("k1");
        Assert.Equal((1, 2, 1, 1, 0), (run.GetProperty("providers").GetInt32(), run.GetProperty("bills").GetInt32(), run.GetProperty("found").GetInt32(), run.GetProperty("appeared").GetInt32(), run.GetProperty("gone").GetInt32()));
        Assert.Equal([$"051 {late.SetlId} 7000"], await Standing());
        Assert.Contains("期初库存8，净入库5，超出进销存7", await host.Sql<string>("SELECT text FROM finding"), StringComparison.Ordinal);

        Assert.Equal(run.ToString(), (await Run("k1")).ToString());
        Assert.Equal("request.key_reused", (await Run("k1", "2026-10")).GetProperty("code").GetString());
        Assert.Equal(0, (await Run("k2")).GetProperty("appeared").GetInt32());

        await desk.Tell("H1", Movement("purchase", "2", 8, 20261105));
        Assert.Equal(1, (await Run("k3")).GetProperty("gone").GetInt32());
        Assert.Empty(await Standing());
        Assert.Equal([3L, 2, 1], (await host.Get("/stock/runs")).Body.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("run_no").GetInt64()));
    }

    [Fact]
    public async Task WithoutACount_OnlyWhoToldLongEnoughIsJudged()
    {
        var desk = new StockDesk(host);
        AuditClaim Sold(string provider) => Bill.Visit(on: 20261103, provider: provider, lines: [Bill.Line("X", 80m, 20261103, 8), Bill.Line("Y", 30m, 20261103, 3)]);
        var (old, young, silent) = (Sold("H1"), Sold("H2"), Sold("H3"));
        await desk.Settle(old, young, silent);
        await desk.Tell("H1", Movement("purchase", "1", 4, 20260701));
        await desk.Tell("H2", Movement("purchase", "1", 4, 20261001));
        await Run("k1");
        Assert.Equal([$"051 {old.SetlId} 4000", $"052 {old.SetlId} 3000"], await Standing());
    }

    [Fact]
    public async Task TraceCodes_AcrossMonthsPersonsAndStock_ReversedReturnedAndSplitOnesAreNone()
    {
        var desk = new StockDesk(host);
        var (first, again) = (Pack("P1", 20261003, "H1", Code), Pack("P2", 20261103, "H2", Code));
        var (byStock, returned) = (Pack("P3", 20261104, "H1", Other), Pack("P4", 20261105, "H1", "81000000000000000003"));
        var (taken, after) = (Pack("P5", 20261101, "H1", "81000000000000000004"), Pack("P6", 20261106, "H1", "81000000000000000004"));
        await desk.Settle(first, again, byStock, returned, taken, after, Pack("P7", 20261107, "H1", "81000000000000000005", split: true), Pack("P8", 20261108, "H1", "81000000000000000005", split: true));
        await desk.Settle(new AuditClaim { SetlId = "R1", PsnNo = "P5", ReversesSetlId = taken.SetlId, RootSetlId = taken.SetlId, SettledAtMs = Bill.MsOf(20261101, 15) });
        await desk.Tell("H1", Movement("sale", "own", 1, 20261104, "T", 0, Other));
        await desk.Tell("H9", Movement("sale", "1", 1, 20261020, "T", 0, Other), Movement("sale", "2", 1, 20261020, "T", 0, "81000000000000000003"), Movement("sale_return", "2", 1, 20261021, "T", 0, "81000000000000000003"));
        await Run("k1");
        Assert.Equal(new[] { $"054 {again.SetlId} 2000", $"054 {byStock.SetlId} 2000" }.Order(), (await Standing()).Order());
        Assert.Equal(1, (await host.Get($"/stock/movements?trace_code={Other}&kind=sale&fixmedins_code=H9&from=2026-10-01")).Body.GetProperty("count").GetInt32());

        // What is settled later is met with what was sold before.
        var third = Pack("P9", 20261109, "H3", Code);
        await desk.Settle(third);
        Assert.Equal(1, (await Run("k2")).GetProperty("appeared").GetInt32());
    }

    [Fact]
    public async Task WrongOrder_IsRefused()
    {
        foreach (var (key, month, by, reason, code) in ((string, string, string, string, string)[])
        [
            ("", "2026-11", "Li", "r", "request.key_missing"), ("k", "2026-13", "Li", "r", "stock.month_invalid"), ("k", "2026-12", "Li", "r", "stock.month_invalid"), ("k", "2026-11", "Li", "", "request.reason_missing"),
            ("k", "2026-11", " ", "r", "approval.person_missing"),
        ])
            Assert.Equal(code, (await host.Post("/stock/runs", new { request_key = key, month, requested_by = by, reason })).Body.GetProperty("code").GetString());
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM stock_run"));
    }
}
