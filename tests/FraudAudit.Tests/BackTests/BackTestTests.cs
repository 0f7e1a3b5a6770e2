using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.Tests.Intake;
using MedInsure.FraudAudit.Tests.Rules;

namespace MedInsure.FraudAudit.Tests.BackTests;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class BackTestTests(AuditFixture fixture) : IAsyncLifetime
{
    private const string X = TestRules.ItemX, Again = TestRules.Again;
    private FedCounty county = null!;

    public async Task InitializeAsync() => county = await FedCounty.Start(fixture);
    public async Task DisposeAsync() => await county.DisposeAsync();

    [Fact]
    public async Task Draft_SaysWhatItWouldFind_AgainstWhatStandsAndWhatPeopleDecided_AndNothingOfItStands()
    {
        // As the rule is, from 10.00 on: 30, 40 and 50. As drafted, from 35.00 on: 40 and 50. 20 is nobody's yet.
        await county.Set(X, limit: 10m);
        var (thirty, forty, fifty, eight) = (FedCounty.X(20261003, 30m), FedCounty.X(20261004, 40m, "P2", "H2"), FedCounty.X(20261005, 50m, "P3", "H2"), FedCounty.X(20261006, 8m, "P4"));
        await county.Settle(thirty, forty, fifty, eight);
        await county.Host.Sql<object>($"UPDATE finding SET state = CASE setl_id WHEN '{forty.SetlId}' THEN 'confirmed' ELSE 'rejected' END, decided_at = now() WHERE setl_id IN ('{forty.SetlId}', '{fifty.SetlId}')");
        var before = await county.Standing();

        var result = await Result(await Ran(new { rule = X, parameters = new { limit = 35 } }));
        Assert.Equal((2, "90.00", 2, 1, 2), (Whole(result, "hits"), Text(result, "in_scope"), Whole(result, "settlements"), Whole(result, "providers"), Whole(result, "persons")));
        Assert.Equal((2, 0, 1, "30.00"), (Whole(result, "standing"), Whole(result, "new"), Whole(result, "lost"), Text(result, "lost_in_scope")));
        Assert.Equal((1, 1, 1, "50.0"), (Whole(result, "on_confirmed"), Whole(result, "confirmed"), Whole(result, "rejected"), Text(result, "precision")));

        var wider = await Result(await Ran(new { rule = X, parameters = new { limit = 5 } }));
        Assert.Equal((4, 3, 1, "8.00", 0), (Whole(wider, "hits"), Whole(wider, "standing"), Whole(wider, "new"), Text(wider, "new_in_scope"), Whole(wider, "lost")));
        Assert.Equal(before, await county.Standing());
    }

    [Fact]
    public async Task RuleThatIsOff_IsTestedAsIfItWereOn_OthersDoNotLook()
    {
        await county.Set(Again, isOn: false);
        await county.Settle(FedCounty.X(20261003, 30m), FedCounty.X(20261010, 20m));
        var run = await Ran(new { rule = Again });
        var result = await Result(run);
        Assert.Equal((Again, 1, 1), (Text(result, "rule"), Whole(result, "hits"), Whole(result, "new")));
        var hits = (await county.Host.Get($"/back-tests/{run}/hits")).Body;
        Assert.Equal((1, "20.00", false), (Whole(hits, "count"), Text(hits.GetProperty("rows")[0], "in_scope"), hits.GetProperty("rows")[0].TryGetProperty("stands_as", out _)));
    }

    [Fact]
    public async Task BackTest_CannotBeApplied_ButDropped()
    {
        await county.Settle(FedCounty.X(20261003, 30m));
        var run = await Ran(new { rule = X });
        Assert.Equal((HttpStatusCode.NotFound, "run.unknown"), await county.Refused($"/runs/{run}/application", new { by = "乙", reason = "复核" }));
        Assert.Equal(HttpStatusCode.OK, (await county.Host.Post($"/back-tests/{run}/drop", new { by = "甲", reason = "已阅" })).Status);
        Assert.Equal(0, await county.Host.Sql<long>("SELECT count(*) FROM run_finding"));
        Assert.Equal("dropped", (await county.Host.Get($"/back-tests/{run}")).Body.GetProperty("run").GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("""{"settings":[]}""", "back_test.draft_empty")]
    [InlineData("""{"settings":[{"rule":"GZ0"}]}""", "back_test.rule_unknown")]
    [InlineData("""{"settings":[{"rule":"MI19999001","parameters":{"other":1}}]}""", "back_test.parameter_unknown")]
    [InlineData("""{"settings":[{"rule":"MI19999001"},{"rule":"MI19999001"}]}""", "back_test.rule_twice")]
    [InlineData("""{"points":[{"rule":"MI19999001","point_no":"1","codes":["X"]}]}""", "back_test.point_incomplete")]
    [InlineData("""{"settings":[{"rule":"MI19999001"}]}""", "request.key_missing")]
    public async Task DraftThatIsNone_IsRefused(string draft, string code) => Assert.Equal(code, (await county.Refused("/back-tests", JsonElement.Parse(draft))).Code);

    private async Task<long> Ran(object setting)
    {
        var no = (await county.Started("/back-tests", new { request_key = $"b{setting.GetHashCode():x8}", from_month = "2026-10", to_month = "2026-10", settings = new[] { setting }, reason = "拟调整限额", started_by = "甲" })).GetProperty("run_no").GetInt64();
        Assert.True(await county.Worker.Round(county.Host.County.Code, county.City, default));
        return no;
    }

    private async Task<JsonElement> Result(long run) => Assert.Single((await county.Host.Get($"/back-tests/{run}")).Body.GetProperty("rules").EnumerateArray());

    private static int Whole(JsonElement of, string name) => of.GetProperty(name).GetInt32();
    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();
}
