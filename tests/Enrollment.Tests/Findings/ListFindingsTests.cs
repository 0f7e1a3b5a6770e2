using System.Net;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Enrollment.Tests.Register;

namespace MedInsure.Enrollment.Tests.Findings;

/// <summary>Work lists per township and village, and what people say of their rows.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ListFindingsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        var rows = Enumerable.Range(0, 7).Select(i => RegisterCsv.Of(PersonCsv.New(host.County)) with
        {
            Township = i < 4 ? "650201100" : "650201101", Village = i < 2 ? "650201100201" : i < 4 ? "650201100202" : "650201101201", Name = i == 0 ? "=王" : "王小明", Address = $"{i}号",
        });
        Assert.Equal(7, (await host.PostFile("register", RegisterCsv.File(rows))).GetProperty("result").GetProperty("changed").GetInt32());
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("", 7)]
    [InlineData("township=650201100", 4)]
    [InlineData("village=650201100202", 2)]
    [InlineData("kind=uninsured&state=open&source=household_register", 7)]
    [InlineData("kind=dead", 0)]
    [InlineData("state=resolved", 0)]
    public async Task Pages_GiveWhatTheFilterLetsThroughOnce(string query, int expected)
    {
        var seen = new List<long>();
        for (long after = 0; ;)
        {
            var page = (await host.Ask($"findings?{query}&limit=3&after={after}")).Body;
            seen.AddRange(page.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("finding_no").GetInt64()));
            if (!page.TryGetProperty("next_after", out var next)) break;
            after = next.GetInt64();
        }
        Assert.Equal((expected, expected), (seen.Count, seen.Distinct().Count()));
    }

    [Fact]
    public async Task Counts_AreByVillage() =>
        Assert.Equal([("650201100201", 2), ("650201100202", 2), ("650201101201", 3)],
            (await host.Ask("findings/counts?state=open")).Body.EnumerateArray().Select(c => (c.GetProperty("village").GetString()!, c.GetProperty("findings").GetInt32())));

    [Fact]
    public async Task Csv_HoldsTheListAndNoFormula()
    {
        var lines = (await host.Text("findings?format=csv&township=650201100")).TrimEnd().Split("\r\n");
        Assert.Equal(5, lines.Length);
        Assert.StartsWith("finding_no,source,kind", lines[0], StringComparison.Ordinal);
        // A name that a spreadsheet would compute is shown as text.
        Assert.Contains("'=王", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("confirmed", "王复核", "", "reason.missing", "why")]
    [InlineData("confirmed", " ", "核实", "approval.person_missing", "by")]
    [InlineData("done", "王复核", "核实", "finding.state_unknown", "state")]
    public async Task DecisionWithoutItsParts_IsRefused(string state, string by, string why, string code, string field)
    {
        var number = await host.Sql<long>("SELECT min(finding_no) FROM finding");
        var answer = await host.Ask($"findings/{number}/decision", new { state, by, why });
        Assert.Equal((HttpStatusCode.BadRequest, code, field), (answer.Status, answer.Body.GetProperty("code").GetString(), answer.Body.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Decision_IsKeptWithWhoWhenAndWhy()
    {
        var number = await host.Sql<long>("SELECT min(finding_no) FROM finding");
        foreach (var _ in (int[])[1, 2])
            Assert.Equal("confirmed", (await host.Ask($"findings/{number}/decision", new { state = "confirmed", by = "王复核", why = "入户核实" })).Body.GetProperty("state").GetString());
        var step = Assert.Single((await host.Ask($"findings/{number}/history")).Body.EnumerateArray());
        Assert.Equal(("王复核", "open", "confirmed", "入户核实"), (step.GetProperty("by").GetString(), step.GetProperty("from_state").GetString(), step.GetProperty("to_state").GetString(), step.GetProperty("why").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Ask("findings/999999/decision", new { state = "confirmed", by = "王复核", why = "无" })).Status);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => host.Sql<long>("WITH gone AS (DELETE FROM finding_step RETURNING 1) SELECT count(*) FROM gone"));
    }
}
