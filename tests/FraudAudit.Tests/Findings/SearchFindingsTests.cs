using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.Tests.Intake;

namespace MedInsure.FraudAudit.Tests.Findings;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class SearchFindingsTests(AuditFixture fixture) : IAsyncLifetime
{
    private FedCounty county = null!;
    private string[] settled = [];

    public async Task InitializeAsync()
    {
        county = await FedCounty.Start(fixture);
        var claims = new[] { FedCounty.X(20261003, 30m), FedCounty.X(20261104, 40m, "P2", "H2"), FedCounty.X(20261105, 50m, "P3", "H2") };
        await county.Settle(claims);
        settled = [.. claims.Select(c => c.SetlId)];
    }

    public async Task DisposeAsync() => await county.DisposeAsync();

    [Theory]
    [InlineData("", 3, "120.00")]
    [InlineData("?fixmedins_code=H2", 2, "90.00")]
    [InlineData("?from=2026-11-01&to=2026-11-04", 1, "40.00")]
    [InlineData("?psn_no=P3&certain=true&state=open&severity=2", 1, "50.00")]
    [InlineData("?min_in_scope=40", 2, "90.00")]
    [InlineData("?rule=MI19999002", 0, "0.00")]
    [InlineData("?doctor_code=D1&department_code=K1", 3, "120.00")]
    public async Task Filter_GivesItsRowsWithTheirNumberAndMoney(string query, int count, string money)
    {
        var (_, body) = await county.Host.Get("/findings" + query);
        Assert.Equal((count, money, count), (body.GetProperty("count").GetInt32(), body.GetProperty("in_scope").GetString(), body.GetProperty("rows").GetArrayLength()));
    }

    [Fact]
    public async Task Pages_AreTheListCut_ByMoneyToo()
    {
        var first = await Settlements("?sort=money&page=1&page_size=2");
        Assert.Equal([settled[2], settled[1]], first);
        Assert.Equal([settled[0]], await Settlements("?sort=money&page=2&page_size=2"));
        Assert.Equal([settled[2], settled[1], settled[0]], await Settlements(""));
    }

    [Fact]
    public async Task One_SaysEverything()
    {
        var no = (await county.Host.Get($"/findings?setl_id={settled[0]}")).Body.GetProperty("rows")[0].GetProperty("finding_no").GetInt64();
        var (_, row) = await county.Host.Get($"/findings/{no}");
        Assert.Equal(("MI19999001", "30.00", "2026-10-03", "open", "金额3000"), (Text(row, "rule"), Text(row, "in_scope"), Text(row, "settled_on"), Text(row, "state"), Text(row, "text")));
        Assert.Equal((HttpStatusCode.NotFound, "finding.unknown"), ((await county.Host.Get("/findings/999999")).Status, Text((await county.Host.Get("/findings/999999")).Body, "code")));
    }

    [Theory]
    [InlineData("provider", "H2 2 90.00, H1 1 30.00")]
    [InlineData("month", "2026-11 2 90.00, 2026-10 1 30.00")]
    [InlineData("rule", "MI19999001 3 120.00")]
    public async Task Sums_AreByWhatIsAsked(string by, string sums) => Assert.Equal(sums, string.Join(", ", (await county.Host.Get($"/findings/sums?by={by}")).Body.GetProperty("rows").EnumerateArray()
        .Select(r => $"{Text(r, "key")} {r.GetProperty("count")} {Text(r, "in_scope")}")));

    [Fact]
    public async Task Precision_IsOfTheDecided_ByRuleAndMonth()
    {
        await county.Host.Sql<object>($"""
            UPDATE finding SET state = CASE setl_id WHEN '{settled[2]}' THEN 'rejected' ELSE 'confirmed' END, decided_at = CASE setl_id WHEN '{settled[0]}' THEN '2026-10-31 23:59+08' ELSE '2026-11-01 00:00+08' END::timestamptz
            """);
        var rule = Assert.Single((await county.Host.Get("/findings/precision")).Body.GetProperty("rules").EnumerateArray());
        Assert.Equal((2, 1, "66.7", "70.00"), (rule.GetProperty("confirmed").GetInt32(), rule.GetProperty("rejected").GetInt32(), Text(rule, "precision"), Text(rule, "confirmed_in_scope")));
        Assert.Equal(["2026-10 100.0", "2026-11 50.0"], rule.GetProperty("months").EnumerateArray().Select(m => $"{Text(m, "decided_in")} {Text(m, "precision")}"));
        Assert.Equal("50.0", Text((await county.Host.Get("/findings/precision?from_month=2026-11&to_month=2026-11")).Body.GetProperty("rules")[0], "precision"));
    }

    [Theory]
    [InlineData("?state=new", "finding.state_unknown")]
    [InlineData("?from=2026-1-1", "request.day_invalid")]
    [InlineData("?page_size=501", "page.size_invalid")]
    [InlineData("?sort=rule", "finding.sort_unknown")]
    [InlineData("/sums?by=person", "finding.sum_unknown")]
    public async Task QueryThatIsNone_IsRefused(string query, string code) => Assert.Equal(code, Text((await county.Host.Get("/findings" + query)).Body, "code"));

    private async Task<IEnumerable<string?>> Settlements(string query) => (await county.Host.Get("/findings" + query)).Body.GetProperty("rows").EnumerateArray().Select(r => Text(r, "setl_id"));
    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();
}
