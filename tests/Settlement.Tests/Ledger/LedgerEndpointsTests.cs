using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>A county's ledger as an operator keeps it over HTTP; and who may not.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class LedgerEndpointsTests(SharedPostgres postgres) : IAsyncLifetime, IDisposable
{
    private const string Operator = "operator-token-of-the-test", Service = "service-token-of-the-test";
    private SettlementNode node = null!;
    private LedgerDesk desk = null!;
    private WebApplication app = null!;
    private readonly HttpClient client = new();

    public async Task InitializeAsync()
    {
        desk = new LedgerDesk(node = await SettlementNode.Create(postgres.Server, "5205"));
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:OperatorToken"] = Operator, ["Secrets:ServiceToken"] = Service });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TenantJournals.Of(node.Journal)).AddSingleton(node.Databases).AddSingleton<BearerTokens>().AddSingleton(node.Time).AddSingleton<ChinaCalendar>().AddSingleton<CountyDesk>();
        app = builder.Build();
        LedgerEndpoints.Map(app);
        await app.StartAsync();
        client.BaseAddress = new Uri(app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await node.DisposeAsync();
    }

    public void Dispose() => client.Dispose();

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
        Assert.Equal("query.page_invalid", await Refused(HttpMethod.Get, "/vouchers?page_size=0", null, HttpStatusCode.BadRequest));

        using var export = await Send(HttpMethod.Get, "/export", null, Operator);
        var report = await LedgerDesk.Verify(await export.Content.ReadAsByteArrayAsync());
        Assert.Empty(report.Findings);
        Assert.Equal((5L, closed.GetProperty("hash").GetString()), (report.Vouchers, report.HeadHash));
    }

    [Fact]
    public async Task OnlyOperators_AreLetIn()
    {
        foreach (var token in (string?[])[null, Service, "x"])
            foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Get, "/vouchers"), (HttpMethod.Get, "/vouchers/1"), (HttpMethod.Post, "/vouchers"), (HttpMethod.Post, "/splits"), (HttpMethod.Post, "/closings"),
                (HttpMethod.Get, "/closings/2026-06-30"), (HttpMethod.Get, "/export")])
            {
                using var answer = await Send(method, path, method == HttpMethod.Post ? new { } : null, token);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            }
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

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, object? body, string? token)
    {
        using var request = new HttpRequestMessage(method, $"/ledger/{node.Tenant.Code}{path}") { Content = body is null ? null : JsonContent.Create(body) };
        if (token is not null) request.Headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        return await client.SendAsync(request);
    }

    private Task<JsonElement> Get(string path) => Answered(HttpMethod.Get, path, null);

    private Task<JsonElement> Post(string path, object body) => Answered(HttpMethod.Post, path, body);

    private async Task<JsonElement> Answered(HttpMethod method, string path, object? body)
    {
        using var answer = await Send(method, path, body, Operator);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    private async Task<string?> Refused(HttpMethod method, string path, object? body, HttpStatusCode status)
    {
        using var answer = await Send(method, path, body, Operator);
        Assert.Equal(status, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("code").GetString();
    }
}
