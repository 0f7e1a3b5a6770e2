using System.Net;
using System.Text;
using System.Text.Json;
using MedInsure.FraudAudit.KnowledgePoints;
using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.RuleSettings;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.KnowledgePoints;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class ImportKnowledgePointsTests(AuditFixture fixture)
{
    private const string Sex = "GZ10000301004000", Course = "GZ10000101010000", Price = "MI10000102051000";
    private const string By = "?title=batch%201&reason=published&imported_by=Li&approver=Wang";
    private static readonly string Header = string.Join(',', KnowledgePointFile.Columns);

    private static string Point(string rule = Sex, string no = "P1", string item = "黄体酮", string codes = "XG03A;XG03B", string gend = "2", string limit = "", string from = "2026-01-01", string to = "") =>
        $"{rule},{no},{item},{codes},,,{gend},,,,,,{limit},,目录,{from},{to}";

    private static Task<(HttpStatusCode Status, JsonElement Body)> Import(AuditHost host, params string[] rows) => host.Upload("/knowledge-points" + By, Encoding.UTF8.GetBytes(string.Join('\n', rows.Prepend(Header))));

    private static string CodeOf(JsonElement body) => body.GetProperty("code").GetString()!;

    [Fact]
    public async Task Points_AreTakenIn_ListedAndAuditedBy()
    {
        await using var host = await fixture.Start();
        var taken = await Import(host, Point(), Point(Course, "P2", gend: "", limit: "14"), Point(Price, "P3", gend: "", limit: "12.345678"));
        Assert.Equal((HttpStatusCode.OK, 1, 3), (taken.Status, taken.Body.GetProperty("batch_no").GetInt32(), taken.Body.GetProperty("changed").GetInt32()));

        var listed = (await host.Get("/knowledge-points?code=XG03B&rule=" + Price)).Body;
        Assert.Equal((1, "12.345678", "目录"), (listed.GetProperty("total").GetInt32(), listed.GetProperty("points")[0].GetProperty("limit").GetString(), listed.GetProperty("points")[0].GetProperty("basis").GetString()));

        var set = await host.Services.GetRequiredService<RuleSets>().Of(host.County.Code, default);
        var visit = Tests.Rules.Bill.Visit(lines: [Tests.Rules.Bill.Line("XG03B")]);
        visit.Gend = "1";
        var bill = new BillUnderAudit(visit, [], MedInsure.Reference.CityReference.Empty(AuditHost.City));
        set.Audit(bill, "after", new HashSet<string> { Sex });
        Assert.Equal("P1", Assert.Single(bill.Found).Subject);

        var batch = (await host.Get("/knowledge-batches")).Body.GetProperty("batches")[0];
        Assert.Equal(("batch 1", "Li", "Wang", 3), (batch.GetProperty("title").GetString(), batch.GetProperty("imported_by").GetString(), batch.GetProperty("approved_by").GetString(), batch.GetProperty("rows").GetInt32()));
    }

    [Fact]
    public async Task LaterBatch_SupersedesFromItsFirstDay_AndTheSameFileAgainChangesNothing()
    {
        await using var host = await fixture.Start();
        await Import(host, Point(), Point(no: "P2"));
        var (_, second) = await Import(host, Point(item: "黄体酮胶囊", from: "2026-06-01"), Point(no: "P2"));
        Assert.Equal((2, 1), (second.GetProperty("batch_no").GetInt32(), second.GetProperty("changed").GetInt32()));
        var (_, again) = await Import(host, Point(item: "黄体酮胶囊", from: "2026-06-01"), Point(no: "P2"));
        Assert.Equal((JsonValueKind.Undefined, 0), (again.TryGetProperty("batch_no", out var none) ? none.ValueKind : JsonValueKind.Undefined, again.GetProperty("changed").GetInt32()));

        async Task<string?> OnDay(string day) => (await host.Get($"/knowledge-points?item=黄体酮&rule={Sex}&day={day}&page_size=1")).Body.GetProperty("points")[0].GetProperty("item_name").GetString();
        Assert.Equal(("黄体酮", "黄体酮胶囊"), (await OnDay("2026-05-31"), await OnDay("2026-06-01")));
        var set = await host.Services.GetRequiredService<RuleSets>().Newest(host.County.Code, default);
        Assert.Equal([(20260101, 0), (20260101, 20260531), (20260601, 0)], set.Points.Select(p => (p.FromOn, p.ToOn)).Order().ToArray());

        // From an earlier day on: what was before never held.
        await Import(host, Point(item: "黄体酮注射液", from: "2025-01-01"));
        Assert.Equal("黄体酮注射液", await OnDay("2026-07-01"));
        Assert.Equal(2, (await host.Services.GetRequiredService<RuleSets>().Newest(host.County.Code, default)).Points.Count);
    }

    [Fact]
    public async Task OneWrongRow_NothingIsStored_AndRowAndColumnAreNamed()
    {
        await using var host = await fixture.Start();
        var (status, body) = await Import(host, Point(), Point(no: "P2", gend: ""), Point("GZ1", "P3"), Point(no: "P4", from: "2026-02-30"), Point(Sex, "P5", limit: "3"), Point(no: "P6", from: "2026-02-01", to: "2026-01-01"),
            Point("MI10000201051000", "P7"), Point(no: "P8", codes: ""));
        Assert.Equal((HttpStatusCode.BadRequest, "knowledge.rows_refused", 7), (status, CodeOf(body), body.GetProperty("rejected").GetInt32()));
        Assert.Equal(
            [
                "3 gend knowledge.point_incomplete", "4 rule knowledge.rule_unknown", "5 begndate import.bad_date", "6 limit knowledge.limit_not_used", "7 enddate knowledge.ends_before_start", "8 rule knowledge.rule_without_points",
                "9 codes import.required",
            ], body.GetProperty("errors").EnumerateArray().Select(e => $"{e.GetProperty("line").GetInt32()} {e.GetProperty("column").GetString()} {CodeOf(e)}").ToArray());
        Assert.Equal(0, await host.Sql<long>("SELECT count(*) FROM knowledge_point"));
    }

    [Fact]
    public async Task PointTwiceInAFile_IsRefused()
    {
        await using var host = await fixture.Start();
        var (_, body) = await Import(host, Point(), Point(item: "另一名称"));
        Assert.Equal((3, "knowledge.repeated_point"), (body.GetProperty("errors")[0].GetProperty("line").GetInt32(), CodeOf(body.GetProperty("errors")[0])));
        Assert.Equal(0, await host.Sql<long>("SELECT count(*) FROM knowledge_batch"));
    }

    [Theory]
    [InlineData("?reason=r&imported_by=Li&approver=Wang", "knowledge.title_missing")]
    [InlineData("?title=t&imported_by=Li&approver=Wang", "request.reason_missing")]
    [InlineData("?title=t&reason=r&approver=Wang", "approval.person_missing")]
    [InlineData("?title=t&reason=r&imported_by=Li&approver=li", "approval.same_person")]
    [InlineData(By, "import.missing_column")]
    public async Task FileOrOrderIncomplete_IsRefused(string query, string code)
    {
        await using var host = await fixture.Start();
        var (_, body) = await host.Upload("/knowledge-points" + query, Encoding.UTF8.GetBytes("rule,point_no\n"));
        Assert.Equal(code, CodeOf(body));
    }

    [Theory]
    [InlineData("page=0", "page.size_invalid")]
    [InlineData("page_size=501", "page.size_invalid")]
    [InlineData("day=2026-1-1", "request.day_invalid")]
    public async Task ListAskedWrongly_IsRefused(string query, string code)
    {
        await using var host = await fixture.Start();
        Assert.Equal(code, CodeOf((await host.Get("/knowledge-points?" + query)).Body));
    }
}
