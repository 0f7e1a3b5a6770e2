using System.Net;
using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>A county's ledger as an operator keeps it over HTTP; and who may not.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class LedgerEndpointsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private LedgerDesk desk = null!;
    private OperatorDesk http = null!;

    public async Task InitializeAsync()
    {
        desk = new LedgerDesk(node = await SettlementNode.Create(postgres.Server, "5205"));
        http = await OperatorDesk.Start(node, LedgerEndpoints.Map);
    }

    public async Task DisposeAsync()
    {
        await http.DisposeAsync();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Month_FromIncomeToTheExport()
    {
        await desk.Hear(LedgerDesk.Income(1, "personal", 100_000_00), LedgerDesk.Income(2, "suspense", 5_00));
        var moved = await Post("/vouchers", new
        {
            request_no = "V1", effective_on = "2026-06-30", memo = "上解", prepared_by = LedgerDesk.First, approver = LedgerDesk.Second,
            entries = new object[] { new { purpose = "fiscal_account", fund = "390100", debit = 100_000m }, new { purpose = "revenue_account", fund = "390100", counterparty = "counter", credit = 100_000m } },
        });
        Assert.Equal((3, "manual", "2026-06-30"), (moved.GetProperty("voucher_no").GetInt32(), moved.GetProperty("kind").GetString(), moved.GetProperty("booked_on").GetString()));
        Assert.Equal(100_000m, moved.GetProperty("entries")[0].GetProperty("debit").GetDecimal());
        // 3,000.00 risk; 1,000 × 35 = 35,000.00; rest 62,000.00: 18,600.00 and 43,400.00.
        var split = await Post("/splits", new { request_no = "S1", insutype = "390", year = 2026, heads = 1_000, prepared_by = LedgerDesk.First, approver = LedgerDesk.Second });
        Assert.Equal(43_400m, split.GetProperty("entries").EnumerateArray().Last().GetProperty("credit").GetDecimal());
        Assert.Equal("ledger.day_not_over", await Refused(HttpMethod.Post, "/closings", new { day = "2026-06-30", closed_by = LedgerDesk.First }, HttpStatusCode.UnprocessableEntity));
        desk.SetDay(7, 1);
        var closed = await Post("/closings", new { day = "2026-06-30", closed_by = LedgerDesk.First });
        Assert.Equal(closed.GetRawText(), (await Get("/closings/2026-06-30")).GetRawText());
        Assert.Equal(0m, closed.GetProperty("balances").EnumerateArray().Sum(b => b.GetProperty("closing").GetDecimal()));
        Assert.Equal("ledger.closing_unknown", await Refused(HttpMethod.Get, "/closings/2026-06-29", null, HttpStatusCode.NotFound));

        var now = await Get("");
        Assert.Equal((5, "2026-06-30", closed.GetProperty("hash").GetString()), (now.GetProperty("vouchers").GetInt32(), now.GetProperty("closed_on").GetString(), now.GetProperty("head_hash").GetString()));
        Assert.Contains(now.GetProperty("balances").EnumerateArray(), b => b.GetProperty("purpose").GetString() == "suspense" && b.GetProperty("balance").GetDecimal() == -5m);
        Assert.Equal([1, 2], (await Get("/vouchers?kind=income&from=2026-06-30&to=2026-06-30")).GetProperty("vouchers").EnumerateArray().Select(v => v.GetProperty("voucher_no").GetInt32()));
        var page = await Get("/vouchers?page_size=2&after=1");
        Assert.Equal((2, 3), (page.GetProperty("vouchers").GetArrayLength(), page.GetProperty("next_after").GetInt32()));
        Assert.Equal("S1", (await Get("/vouchers/4")).GetProperty("number").GetString());
        Assert.Equal("ledger.voucher_unknown", await Refused(HttpMethod.Get, "/vouchers/6", null, HttpStatusCode.NotFound));
        Assert.Equal("ledger.day_invalid", await Refused(HttpMethod.Get, "/vouchers?from=June", null, HttpStatusCode.BadRequest));
        Assert.Equal("request.text_invalid", await Refused(HttpMethod.Get, "/vouchers?kind=%00", null, HttpStatusCode.BadRequest));
        Assert.Equal("query.page_invalid", await Refused(HttpMethod.Get, "/vouchers?page_size=0", null, HttpStatusCode.BadRequest));

        using var export = await http.Send(HttpMethod.Get, $"/ledger/{node.Tenant.Code}/export");
        var report = await LedgerDesk.Verify(await export.Content.ReadAsByteArrayAsync());
        Assert.Empty(report.Findings);
        Assert.Equal((5L, closed.GetProperty("hash").GetString()), (report.Vouchers, report.HeadHash));
    }

    [Fact]
    public async Task OnlyOperators_AreLetIn()
    {
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Get, "/vouchers"), (HttpMethod.Get, "/vouchers/1"), (HttpMethod.Post, "/vouchers"), (HttpMethod.Post, "/splits"), (HttpMethod.Post, "/closings"),
            (HttpMethod.Get, "/closings/2026-06-30"), (HttpMethod.Get, "/export")])
            await http.LetsInNobodyElse(method, $"/ledger/{node.Tenant.Code}{path}");
    }

    [Fact]
    public async Task Night_ClosesTheDayBefore()
    {
        await desk.Hear(LedgerDesk.Income(1, "personal", 1));
        desk.SetDay(7, 1, 3);
        using var worker = new LedgerCloseWorker(TenantJournals.Of(node.Journal), node.Databases, node.Time, NullLogger<LedgerCloseWorker>.Instance);
        await worker.StartAsync(default);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while ((await desk.Rows("SELECT coalesce(closed_on::text, '') FROM ledger_head"))[0] != "2026-06-30") await Task.Delay(20, patience.Token); // bounded by the patience
        }
        finally { await worker.StopAsync(default); }
        Assert.Equal("日结", (await Get("/closings/2026-06-30")).GetProperty("by")[0].GetString());
    }

    private Task<JsonElement> Get(string path) => http.Get($"/ledger/{node.Tenant.Code}{path}");
    private Task<JsonElement> Post(string path, object body) => http.Post($"/ledger/{node.Tenant.Code}{path}", body);
    private Task<string?> Refused(HttpMethod method, string path, object? body, HttpStatusCode status) => http.Refused(method, $"/ledger/{node.Tenant.Code}{path}", body, status);
}
