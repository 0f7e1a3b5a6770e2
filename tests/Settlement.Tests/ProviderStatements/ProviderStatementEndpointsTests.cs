using System.Net;
using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.ProviderMoney;
using MedInsure.Settlement.ProviderStatements;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>A month of a hospital as operators work on it over HTTP, to the printed page and the bank; and who may not.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class ProviderStatementEndpointsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private StatementDesk desk = null!;
    private OperatorDesk http = null!;

    public async Task InitializeAsync()
    {
        desk = new StatementDesk(node = await SettlementNode.Create(postgres.Server));
        http = await OperatorDesk.Start(node, ProviderStatementEndpoints.Map, ProviderPaymentEndpoints.Map);
    }

    public async Task DisposeAsync()
    {
        await http.DisposeAsync();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Month_FromTheApplicationsToTheBank()
    {
        await desk.Bill(120_000, "21");
        await desk.Bill(9_000);
        await desk.Foreign(2_000_000);
        desk.Ledger.SetDay(7, 5);
        Assert.Equal(2, (await Get("statements", "/unclaimed?month=202606")).GetProperty("unclaimed").GetArrayLength());
        await desk.Applied("11");
        await desk.Applied("21");
        Assert.Equal(2, (await Get("statements", "/applications?state=applied&month=202606")).GetProperty("applications").GetArrayLength());
        var (a, b) = (AgencyDesk.Prepared, AgencyDesk.Released);
        await Post("payments", "/deposit-rates", new { request_no = "1", fixmedins_code = desk.Hospital, from_month = 202601, rate = 2, prepared_by = a, approver = b });
        await Post("payments", "/accounts", new { request_no = "1", fixmedins_code = desk.Hospital, account_name = "<测试>医院", bank_name = "工商银行", account_no = "62220000", prepared_by = a, approver = b });
        var accepted = await Post("statements", "/acceptances", new { month = 202606, accepted_by = "赵受理" });
        var no = accepted.GetProperty("statements")[0].GetProperty("statement_no").GetString()!;
        await Post("statements", $"/{no}/review", new { reviewer = "王初审" });
        var drawn = await Post("statements", $"/{no}/sample", new { size = 1, drawn_by = "王初审" });
        var setlId = drawn.GetProperty("sample")[0].GetProperty("setl_id").GetString();
        await Post("statements", $"/{no}/sample/{setlId}", new { checked_by = "王初审", verdict = "faulty", note = "无医嘱" });
        var entered = await Post("statements", "/deductions", new { request_no = "D1", statement_no = no, kind = "review", amount = 12.34m, reason = "无医嘱 <b>", evidence = "JC-1", setl_ids = new[] { setlId }, entered_by = "王初审" });
        Assert.Equal(12.34m, entered.GetProperty("amount").GetDecimal());
        var payable = (await Post("statements", $"/{no}/first-review", new { reviewer = "王初审" })).GetProperty("payable").GetDecimal();
        await Post("statements", $"/{no}/return", new { by = "李复核", reason = "再看" });
        await Post("statements", $"/{no}/first-review", new { reviewer = "王初审" });
        await Post("statements", $"/{no}/second-review", new { reviewer = "李复核", payable });
        Assert.Equal("approval.same_person", await Refused("statements", $"/{no}/approval", new { approver = "李复核", payable }, HttpStatusCode.UnprocessableEntity));
        await Post("statements", $"/{no}/approval", new { approver = "陈审批", payable });
        Assert.Equal([no], (await Get("statements", "?state=approved&month=202606")).GetProperty("statements").EnumerateArray().Select(s => s.GetProperty("statement_no").GetString()));
        Assert.Equal(payable, (await Get("payments", "/payable")).GetProperty("amount").GetDecimal());
        var file = await Post("payments", "/files", new { request_no = "F1", prepared_by = "周财务" });
        using var csv = await http.Send(HttpMethod.Get, Path("payments", $"/files/{file.GetProperty("file_no").GetString()}/csv"));
        Assert.Equal(file.GetProperty("sha256").GetString(), csv.Headers.GetValues("x-content-sha256").Single());
        var payment = (await csv.Content.ReadAsStringAsync()).Split("\r\n")[1].Split(',')[0];
        var returned = await Post("payments", "/returns", new { recorded_by = "周财务", content = $"{BankReturnText.Header}\n{payment},{payable},成功,2026-07-05,B1,\nx,1.00,成功,2026-07-05,B2,\n" });
        Assert.Equal((1, 1), (returned.GetProperty("paid").GetInt32(), returned.GetProperty("open").GetInt32()));
        var open = (await Get("payments", "/returns/open")).GetProperty("lines")[0];
        await Post("payments", $"/returns/{open.GetProperty("bank_return").GetInt64()}/{open.GetProperty("line_no").GetInt32()}/resolution", new { resolved_by = "周财务", note = "非本机构" });

        var shown = await Get("statements", $"/{no}");
        Assert.Equal(("paid", payable), (shown.GetProperty("statement").GetProperty("state").GetString(), shown.GetProperty("payable").GetDecimal()));
        Assert.Equal(payable, shown.GetProperty("lines").EnumerateArray().Sum(l => l.GetProperty("amount").GetDecimal()));
        Assert.Equal(payable, shown.GetProperty("funds").EnumerateArray().Sum(l => l.GetProperty("payable").GetDecimal()));
        Assert.Equal([("11", 1), ("21", 2)], shown.GetProperty("totals").EnumerateArray().Select(t => (t.GetProperty("clr_type").GetString(), t.GetProperty("rows").GetInt32())));
        Assert.Equal("62220000", shown.GetProperty("account").GetProperty("account_no").GetString());
        using var page = await http.Send(HttpMethod.Get, Path("statements", $"/{no}?format=html"));
        var html = await page.Content.ReadAsStringAsync();
        foreach (var part in (string[])["定点医药机构医疗保障费用结算单", "<测试>医院", "王初审", "JC-1", setlId!, "质量保证金", "已付款"]) Assert.Contains(part, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain("无医嘱 <b>", html, StringComparison.Ordinal);
        Assert.Equal(3, (await Get("statements", $"/{no}/claims")).GetProperty("claims").GetArrayLength());
        using var claims = await http.Send(HttpMethod.Get, Path("statements", $"/{no}/claims.csv"));
        Assert.Equal(4, (await claims.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("request.body_malformed", await Refused("statements", $"/{no}/review", "x", HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task OnlyOperators_AreLetIn()
    {
        (HttpMethod, string, string)[] paths =
        [
            .. ((string[])["", "/T", "/T/claims", "/T/claims.csv", "/T/sample", "/applications", "/unclaimed", "/deductions"]).Select(p => (HttpMethod.Get, "statements", p)),
            .. ((string[])["/acceptances", "/T/review", "/T/sample", "/T/sample/S", "/T/first-review", "/T/second-review", "/T/approval", "/T/return", "/T/rejection", "/deductions", "/deductions/1/withdrawal"]).Select(p => (HttpMethod.Post, "statements", p)),
            .. ((string[])["/accounts/H", "/deposit-rates/H", "/prepayments", "/deposit-returns", "/payable", "/files", "/files/F", "/files/F/csv", "/returns/open"]).Select(p => (HttpMethod.Get, "payments", p)),
            .. ((string[])["/accounts", "/deposit-rates", "/prepayments", "/deposit-returns", "/files", "/returns", "/returns/1/1/resolution"]).Select(p => (HttpMethod.Post, "payments", p)),
        ];
        foreach (var (method, of, path) in paths) await http.LetsInNobodyElse(method, Path(of, path));
    }

    private string Path(string of, string path) => $"/provider-{of}/{node.Tenant.Code}{path}";
    private Task<JsonElement> Get(string of, string path) => http.Get(Path(of, path));
    private Task<JsonElement> Post(string of, string path, object body) => http.Post(Path(of, path), body);
    private Task<string?> Refused(string of, string path, object body, HttpStatusCode status) => http.Refused(HttpMethod.Post, Path(of, path), body, status);
}
