using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Statements;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Settlement.Tests.Runs;

/// <summary>A year's secondary compensation as an operator does it over HTTP: run, approval, list, bank; and who may not.</summary>
[Trait("Category", "Authorization")]
[Collection(PostgresCollection.Name)]
public sealed class RunEndpointsTests(SharedPostgres postgres) : IAsyncLifetime, IDisposable
{
    private const string Operator = "operator-token-of-the-test", Service = "service-token-of-the-test";
    private SettlementNode node = null!;
    private RunDesk desk = null!;
    private WebApplication app = null!;
    private readonly HttpClient client = new();

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, "4308");
        desk = new RunDesk(node);
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:OperatorToken"] = Operator, ["Secrets:ServiceToken"] = Service });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TenantJournals.Of(node.Journal)).AddSingleton(node.Databases).AddSingleton<BearerTokens>().AddSingleton(node.Time).AddSingleton<ChinaCalendar>().AddSingleton<CountyDesk>();
        foreach (var kind in desk.Kinds) builder.Services.AddSingleton(kind);
        app = builder.Build();
        RunEndpoints.Map(app);
        PersonPaymentEndpoints.Map(app);
        StatementEndpoints.Map(app);
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
    public async Task Year_FromTheRunToTheBank()
    {
        await node.AddPerson("P1", "380");
        await node.AddPerson("P2", "380");
        var stay = await desk.Stay("P1", 2_500_000);
        await desk.Stay("P2", 5_000_000);
        var order = new { request_no = "R1", kind = "year_end", terms = new { insutype = "380", year = 2026, rule = "secondary" }, reason = "2026年度二次补助", started_by = RunDesk.Starter };
        var run = await Post("runs", "", order);
        var runNo = run.GetProperty("run_no").GetString()!;
        Assert.Equal(("previewing", "yongding/ncms", "二次补助"), (run.GetProperty("state").GetString(), run.GetProperty("terms").GetProperty("pack").GetString(), run.GetProperty("terms").GetProperty("name_zh").GetString()));
        Assert.Equal(runNo, (await Post("runs", "", order)).GetProperty("run_no").GetString());
        await desk.Worked();
        var view = await Get("runs", runNo);
        Assert.Equal((7_000m, "380100"), (view.GetProperty("run").GetProperty("preview_total").GetDecimal(), view.GetProperty("preview_by_fund")[0].GetProperty("fund_pay_type").GetString()));
        Assert.Equal(2, (await Get("runs", runNo + "/persons?state=previewed&page_size=1")).GetProperty("total").GetInt32());
        Assert.Equal("approval.same_person", await Refused("runs", runNo + "/approval", new { approver = RunDesk.Starter, amount = 7000m }, HttpStatusCode.UnprocessableEntity));
        Assert.Equal("run.preview_changed", await Refused("runs", runNo + "/approval", new { approver = RunDesk.Approver, amount = 7000.01m }, HttpStatusCode.Conflict));
        await Post("runs", runNo + "/approval", new { approver = RunDesk.Approver, amount = 7000m });
        await desk.Worked();
        Assert.Equal(7_000m, (await Get("runs", "?state=booked")).GetProperty("runs")[0].GetProperty("booked_total").GetDecimal());

        Assert.Equal(7_000m, (await Get("person-payments", "open")).GetProperty("payable").GetDecimal());
        var list = (await Post("person-payments", "lists", new { request_no = "L1", prepared_by = RunDesk.Starter })).GetProperty("list_no").GetString()!;
        Assert.Equal("payment_list.not_approved", (await Sent(HttpMethod.Get, "person-payments", $"lists/{list}/csv", null, Operator)).Problem);
        await Post("person-payments", $"lists/{list}/approval", new { approver = RunDesk.Approver, amount = 7000m });
        var (csv, _) = await Sent(HttpMethod.Get, "person-payments", $"lists/{list}/csv", null, Operator);
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"{list},P2,4000.00,1", await csv.Content.ReadAsStringAsync());
        var paid = await Post("person-payments", $"lists/{list}/payment", new { paid_by = RunDesk.Payer, amount = 7000m, paid_on = "2026-06-30", reference = "B1" });
        Assert.Equal(("paid", 2), (paid.GetProperty("state").GetString(), paid.GetProperty("persons").GetInt32()));
        Assert.Equal(("paid", 3_000m), ((await Get("person-payments", "persons/P1")).GetProperty("benefits")[0].GetProperty("list_state").GetString(), (await Get("person-payments", "persons/P1")).GetProperty("benefits")[0].GetProperty("amount").GetDecimal()));

        // The bill of the stay shows it, with the clause and the day on which it was paid.
        var (statement, _) = await Sent(HttpMethod.Get, "statements", stay.SetlId(), null, Operator, county: false);
        var benefit = (await statement.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("year_end_benefits")[0];
        Assert.Equal((3_000m, "2026-06-30", "二次补助"), (benefit.GetProperty("amount").GetDecimal(), benefit.GetProperty("paid_on").GetString(), benefit.GetProperty("name").GetString()));
        var (page, _) = await Sent(HttpMethod.Get, "statements", stay.SetlId() + "?format=html", null, Operator, county: false);
        Assert.Contains("年终待遇", WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("runs", "")]
    [InlineData("runs", "430801R000000000001")]
    [InlineData("person-payments", "open")]
    [InlineData("person-payments", "lists")]
    public async Task WhoIsNoOperator_SeesNothing(string area, string path)
    {
        foreach (var token in (string?[])[null, "wrong", Service]) Assert.Equal(HttpStatusCode.Unauthorized, (await Sent(HttpMethod.Get, area, path, null, token)).Answer.StatusCode);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await Sent(HttpMethod.Get, area, path, null, Operator)).Answer.StatusCode);
    }

    [Theory]
    [InlineData("runs", "999999R000000000001", "run.unknown")]
    [InlineData("runs", "x", "run.unknown")]
    [InlineData("runs", "?state=done", "run.state_unknown")]
    [InlineData("runs", "?kind=bonus", "run.kind_unknown")]
    [InlineData("runs", "?page=-1", "query.page_invalid")]
    [InlineData("person-payments", "lists?state=done", "payment_list.state_unknown")]
    [InlineData("person-payments", "lists/x", "payment_list.unknown")]
    [InlineData("person-payments", "open?page_size=5000", "query.page_invalid")]
    public async Task QueryWithAFault_IsRefusedByName(string area, string path, string code) => Assert.Equal(code, (await Sent(HttpMethod.Get, area, path, null, Operator)).Problem);

    [Fact]
    public async Task BodyThatIsNoneAndCountyThatIsNotServed_AreRefused()
    {
        Assert.Equal("request.body_malformed", await Refused("runs", "", "[1", HttpStatusCode.BadRequest));
        Assert.Equal("run.terms_invalid", await Refused("runs", "", new { request_no = "R9", kind = "year_end", reason = "事由", started_by = "王" }, HttpStatusCode.BadRequest));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/runs/110101") { Headers = { Authorization = new("Bearer", Operator) } };
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(request)).StatusCode);
    }

    private async Task<JsonElement> Get(string area, string path) => await Json(await Sent(HttpMethod.Get, area, path, null, Operator));
    private async Task<JsonElement> Post(string area, string path, object body) => await Json(await Sent(HttpMethod.Post, area, path, body, Operator));

    private static async Task<JsonElement> Json((HttpResponseMessage Answer, string? Problem) sent)
    {
        Assert.Null(sent.Problem);
        return await sent.Answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string?> Refused(string area, string path, object body, HttpStatusCode status)
    {
        var (answer, problem) = await Sent(HttpMethod.Post, area, path, body, Operator);
        Assert.Equal(status, answer.StatusCode);
        return problem;
    }

    private async Task<(HttpResponseMessage Answer, string? Problem)> Sent(HttpMethod method, string area, string path, object? body, string? token, bool county = true)
    {
        var below = path.Length == 0 || path[0] == '?' ? path : "/" + path;
        using var request = new HttpRequestMessage(method, county ? $"/{area}/{node.Tenant.Code}{below}" : $"/{area}{below}");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        if (body is string text) request.Content = new StringContent(text, System.Text.Encoding.UTF8, "application/json");
        else if (body is not null) request.Content = JsonContent.Create(body);
        var answer = await client.SendAsync(request);
        return (answer, answer.IsSuccessStatusCode ? null : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }
}
