using System.Net;
using MedInsure.FraudAudit.PostAudit;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.FraudAudit.Tests.Intake;
using MedInsure.FraudAudit.Tests.Rules;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.FraudAudit.Tests.PostAudit;

[Trait("Category", "Crash")]
[Collection("audit")]
public sealed class AuditRunTests(AuditFixture fixture) : IAsyncLifetime
{
    private const string X = TestRules.ItemX, Again = TestRules.Again, Many = TestRules.Many;
    private FedCounty county = null!;

    public async Task InitializeAsync() => county = await FedCounty.Start(fixture);
    public async Task DisposeAsync() => await county.DisposeAsync();

    [Fact]
    public async Task SameRules_FindTheSame_AndApplyingChangesNothing()
    {
        await county.Settle(FedCounty.X(20261003, 12m), FedCounty.X(20261105, 8m, "P2"), Bill.Visit(20261010));
        var before = await county.Standing();
        var run = await county.Ran();
        Assert.Equal([$"same {X} 2 20.00 20.00", $"same {Again} 1 0.00 0.00"], await county.Differences(run));
        Assert.Equal(HttpStatusCode.OK, (await county.Apply(run)).Status);
        Assert.Equal(before, await county.Standing());
    }

    [Fact]
    public async Task ChangedRule_ShowsWhatComesWhatGoesAndChangedMoney_ThenStandsWhenApplied()
    {
        var (small, large, other) = (FedCounty.X(20261003, 12m), FedCounty.X(20261104, 80m, "P2"), Bill.Visit(20261010));
        await county.Settle(small, large, other);
        // As an earlier release of the rules had found it.
        await county.Host.Sql<object>($"UPDATE finding SET in_scope_fen = 7000 WHERE setl_id = '{large.SetlId}'");
        await county.Host.Sql<object>($"DELETE FROM finding WHERE rule = '{Again}'");
        await county.Set(X, limit: 20m);
        var run = await county.Ran();
        Assert.Equal([$"added {Again} 1 0.00 0.00", $"changed {X} 1 70.00 80.00", $"gone {X} 1 12.00 0.00"], await county.Differences(run));
        var (_, rows) = await county.Host.Get($"/runs/{run}/differences?kind=gone");
        Assert.Equal((1, small.SetlId), (rows.GetProperty("count").GetInt32(), rows.GetProperty("rows")[0].GetProperty("setl_id").GetString()));
        Assert.DoesNotContain($"{Again} {other.SetlId}", await county.Standing()); // nothing stands before it is applied

        Assert.Equal(HttpStatusCode.OK, (await county.Apply(run)).Status);
        Assert.Equal($"{X} {large.SetlId} open 8000, {Again} {other.SetlId} open 0", await county.Standing());
        Assert.Equal("withdrawn not_found", await county.Host.Sql<string>($"SELECT state || ' ' || gone_why FROM finding WHERE setl_id = '{small.SetlId}'"));
        Assert.Equal(HttpStatusCode.OK, (await county.Apply(run)).Status); // again: as it is
    }

    [Fact]
    public async Task OnlyTheNamedRulesLook_AndOnlyTheirFindingsAreCompared()
    {
        await county.Settle(FedCounty.X(20261003, 12m), Bill.Visit(20261010));
        await county.Set(X, isOn: false);
        await county.Set(Again, isOn: false);
        var run = await county.Ran("2026-10", "2026-10", X);
        Assert.Equal([$"gone {X} 1 12.00 0.00"], await county.Differences(run));
    }

    [Fact]
    public async Task Months_AreLookedAtOneByOne_ByRulesOverManyBills()
    {
        // Three in October, two in November, and September is not asked for.
        var bills = new[] { 20260930, 20261001, 20261015, 20261031, 20261101, 20261130 }.Select((day, i) => Bill.Visit(day, psn: $"M{i}")).ToArray();
        await county.Settle(bills);
        var run = await county.Ran(rules: Many);
        Assert.Equal([$"added {Many} 1 0.00 0.00"], await county.Differences(run));
        await county.Apply(run);
        Assert.Equal($"{Many} {bills[1].SetlId} open 0", await county.Standing());
        Assert.Equal(string.Join(',', bills[2..4].Select(b => b.SetlId)), await county.Host.Sql<string>("SELECT array_to_string(earlier_setl_ids, ',') FROM finding"));
    }

    [Fact]
    public async Task BillsBeforeTheMonths_AreHistoryAndNotAudited()
    {
        var (before, within) = (FedCounty.X(20260925, 5m), FedCounty.X(20261003, 6m));
        await county.Settle(before, within);
        await county.Host.Sql<object>("DELETE FROM finding");
        var run = await county.Ran("2026-10", "2026-10");
        Assert.Equal([$"added {X} 1 0.00 6.00", $"added {Again} 1 0.00 6.00"], await county.Differences(run));
    }

    [Fact]
    public async Task SettledOrReversedSinceTheRun_IsLeftAsTheAuditOfTheDayHasIt()
    {
        var (reversed, rests, stays) = (FedCounty.X(20261003, 12m), Bill.Visit(20261010), FedCounty.X(20261004, 9m, "P2"));
        await county.Settle(reversed, rests, stays);
        await county.Set(X, limit: 1m); // another version, the same findings
        var run = await county.Ran();
        await county.Reverse(reversed);
        var late = FedCounty.X(20261120, 7m, "P3");
        await county.Settle(late);
        Assert.Equal([$"same {X} 1 9.00 9.00"], await county.Differences(run));
        await county.Apply(run);
        Assert.Equal($"{X} {stays.SetlId} open 900, {X} {late.SetlId} open 700", await county.Standing());
    }

    [Fact]
    public async Task DecidedFinding_KeepsItsWordsAndItsMoney()
    {
        var visit = FedCounty.X(20261003, 12m);
        await county.Settle(visit);
        await county.Host.Sql<object>("UPDATE finding SET state = 'confirmed', in_scope_fen = 1000, decided_at = now()");
        var run = await county.Ran();
        Assert.Equal([$"changed {X} 1 10.00 12.00"], await county.Differences(run));
        await county.Apply(run);
        Assert.Equal($"{X} {visit.SetlId} confirmed 1000", await county.Standing());
        await county.Set(X, isOn: false);
        await county.Apply(await county.Ran());
        Assert.Equal("confirmed not_found", await county.Host.Sql<string>("SELECT state || ' ' || gone_why FROM finding"));
    }

    [Fact]
    public async Task ProcessThatDiesInASlice_LeavesItToBeDone_AndNothingTwice()
    {
        await county.Settle([.. Enumerable.Range(0, 40).Select(i => FedCounty.X(20261001 + i % 28, 5m + i, $"P{i:D2}"))]);
        var (host, database) = (county.Host, county.Host.Database);
        await county.Started("/runs", new { request_key = "crash", from_month = "2026-10", to_month = "2026-10", reason = "测试", started_by = "甲" });
        var run = (await AuditRun.ToDo(database, default))!;
        var rules = RunRules.Of(run, TestRules.Book, await host.Services.GetRequiredService<RuleSets>().Newest(host.County.Code, default));
        await using (var connection = await database.OpenConnectionAsync()) await PlanAuditRun.Execute(connection, run, rules, default, billsPerSlice: 10);
        run = (await AuditRun.ToDo(database, default))!;
        Assert.Equal((6, 0, "running"), (run.Slices, run.SlicesDone, run.State)); // four bounds, the rest, a month
        var work = new AuditSlice.Work(database, host.County.Code, run, rules, county.City, (_, e) => throw e);
        Assert.True(await AuditSlice.Next(work, host.Clock.Now.UtcDateTime, default)); // the month
        Assert.True(await AuditSlice.Next(work, host.Clock.Now.UtcDateTime, default));

        await using (var other = await database.OpenConnectionAsync())
        await using (var holding = await other.BeginTransactionAsync())
        {
            await using (var locking = new NpgsqlCommand("LOCK TABLE run_finding IN ACCESS EXCLUSIVE MODE", other)) await locking.ExecuteNonQueryAsync();
            var dying = AuditSlice.Next(work, host.Clock.Now.UtcDateTime, default);
            // Not on the connection that holds the lock: its transaction would see the same activity for ever.
            while (!await host.Sql<bool>("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'COPY run_finding%'")) await Task.Delay(5);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => dying);
        }
        Assert.Equal(2, (await AuditRun.Find(database, run.RunNo, default))!.SlicesDone);

        Assert.True(await county.Worker.Round(host.County.Code, county.City, default)); // another process begins where it stopped
        run = (await AuditRun.Find(database, run.RunNo, default))!;
        Assert.Equal(("done", 6, 40L, 41L, 0L), (run.State, run.SlicesDone, run.Claims, run.Found, run.Failed));
        Assert.Equal([$"added {Many} 1 0.00 0.00", $"same {X} 40 980.00 980.00"], await county.Differences(run.RunNo));
    }

    [Fact]
    public async Task RunAtWork_ShowsHowFarItIs_AndDropped_LeavesNothingOfIt()
    {
        await county.Settle([.. Enumerable.Range(0, 6).Select(i => FedCounty.X(20261001 + i, 5m, $"P{i}"))]);
        var (host, database) = (county.Host, county.Host.Database);
        await county.Started("/runs", new { request_key = "drop", from_month = "2026-10", to_month = "2026-10", rules = (string[])[X], reason = "测试", started_by = "甲" });
        var run = (await AuditRun.ToDo(database, default))!;
        var rules = RunRules.Of(run, TestRules.Book, await host.Services.GetRequiredService<RuleSets>().Newest(host.County.Code, default));
        await using (var connection = await database.OpenConnectionAsync()) await PlanAuditRun.Execute(connection, run, rules, default, billsPerSlice: 2);
        var work = new AuditSlice.Work(database, host.County.Code, (await AuditRun.ToDo(database, default))!, rules, county.City, (_, e) => throw e);
        Assert.True(await AuditSlice.Next(work, host.Clock.Now.UtcDateTime, default));
        var shown = (await host.Get($"/runs/{run.RunNo}")).Body.GetProperty("run");
        Assert.Equal(("running", 4, 1, 2), (shown.GetProperty("state").GetString(), shown.GetProperty("slices").GetInt32(), shown.GetProperty("slices_done").GetInt32(), shown.GetProperty("found").GetInt32()));

        Assert.Equal(HttpStatusCode.OK, (await host.Post($"/runs/{run.RunNo}/drop", new { by = "甲", reason = "选错月份" })).Status);
        Assert.False(await AuditSlice.Next(work, host.Clock.Now.UtcDateTime, default)); // a process that was at it stops
        Assert.False(await county.Worker.Round(host.County.Code, county.City, default));
        Assert.Equal("dropped 0 0", await host.Sql<string>("SELECT concat_ws(' ', (SELECT state FROM audit_run), (SELECT count(*) FROM run_finding), (SELECT count(*) FROM audit_slice))"));
    }

    [Fact]
    public async Task RulesThatChangeWhileItRuns_BeginItAnew()
    {
        await county.Settle(FedCounty.X(20261003, 12m), FedCounty.X(20261004, 30m, "P2"));
        await county.Started("/runs", new { request_key = "anew", from_month = "2026-10", to_month = "2026-10", reason = "测试", started_by = "甲" });
        var run = (await AuditRun.ToDo(county.Host.Database, default))!;
        var rules = RunRules.Of(run, TestRules.Book, await county.Host.Services.GetRequiredService<RuleSets>().Newest(county.Host.County.Code, default));
        await using (var connection = await county.Host.Database.OpenConnectionAsync()) await PlanAuditRun.Execute(connection, run, rules, default);
        run = (await AuditRun.ToDo(county.Host.Database, default))!;
        Assert.True(await AuditSlice.Next(new AuditSlice.Work(county.Host.Database, county.Host.County.Code, run, rules, county.City, (_, e) => throw e), county.Host.Clock.Now.UtcDateTime, default));
        await county.Set(X, limit: 20m);
        Assert.True(await county.Worker.Round(county.Host.County.Code, county.City, default));
        Assert.Equal([$"gone {X} 1 12.00 0.00", $"same {X} 1 30.00 30.00"], await county.Differences(run.RunNo));
    }

    [Fact]
    public async Task RuleThatThrows_IsCounted_AndTheOtherBillsAreAudited()
    {
        await county.Settle(Bill.Visit(20261003, lines: [Bill.Line("THROWS")]), FedCounty.X(20261004, 30m, "P2"));
        var run = await county.Ran();
        Assert.Equal((1L, "done"), ((await AuditRun.Find(county.Host.Database, run, default))!.Failed, (await AuditRun.Find(county.Host.Database, run, default))!.State));
        Assert.Equal([$"same {X} 1 30.00 30.00"], await county.Differences(run));
    }

    [Fact]
    public async Task Application_NeedsAnotherPerson_ADoneRun_AndTheRulesThatItHad()
    {
        await county.Settle(FedCounty.X(20261003, 12m));
        var waiting = (await county.Started("/runs", new { request_key = "w", from_month = "2026-10", to_month = "2026-10", reason = "测试", started_by = "甲" })).GetProperty("run_no").GetInt64();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "run.not_done"), await county.Refused($"/runs/{waiting}/application", new { by = "乙", reason = "复核" }));
        Assert.Equal("approval.same_person", (await county.Refused($"/runs/{waiting}/application", new { by = "甲", reason = "复核" })).Code);
        Assert.Equal("request.reason_missing", (await county.Refused($"/runs/{waiting}/application", new { by = "乙" })).Code);
        await county.Worker.Round(county.Host.County.Code, county.City, default);
        await county.Set(X, limit: 20m);
        Assert.Equal("run.rules_changed", (await county.Refused($"/runs/{waiting}/application", new { by = "乙", reason = "复核" })).Code);
        Assert.Equal(HttpStatusCode.OK, (await county.Host.Post($"/runs/{waiting}/drop", new { by = "甲", reason = "规则已变" })).Status);
        Assert.Equal(0, await county.Host.Sql<long>("SELECT count(*) FROM run_finding"));
        Assert.Equal("run.not_open", (await county.Refused($"/runs/{waiting}/application", new { by = "乙", reason = "复核" })).Code);
        Assert.Equal((HttpStatusCode.NotFound, "run.unknown"), await county.Refused("/runs/999/application", new { by = "乙", reason = "复核" }));
    }

    [Theory]
    [InlineData("", "2026-10", "2026-10", "", "原因", "甲", "request.key_missing")]
    [InlineData("k", "2026-13", "2026-10", "", "原因", "甲", "run.months_invalid")]
    [InlineData("k", "2026-11", "2026-10", "", "原因", "甲", "run.months_invalid")]
    [InlineData("k", "2023-10", "2026-10", "", "原因", "甲", "run.months_invalid")]
    [InlineData("k", "2026-10", "2026-12", "", "原因", "甲", "run.month_not_begun")]
    [InlineData("k", "2026-10", "2026-11", "GZ0", "原因", "甲", "run.rule_unknown")]
    [InlineData("k", "2026-10", "2026-11", "", " ", "甲", "request.reason_missing")]
    [InlineData("k", "2026-10", "2026-11", "", "原因", "", "approval.person_missing")]
    public async Task Order_ThatIsNone_IsRefused(string key, string from, string to, string rule, string reason, string by, string code) =>
        Assert.Equal(code, (await county.Refused("/runs", new { request_key = key, from_month = from, to_month = to, rules = rule.Length == 0 ? [] : new[] { rule }, reason, started_by = by })).Code);

    [Theory]
    [InlineData("/runs")]
    [InlineData("/back-tests")]
    public async Task ListWithAnElementThatIsNull_IsNoBodyOfTheDocumentedForm(string path) =>
        Assert.Equal((HttpStatusCode.BadRequest, "request.body_malformed"), await county.Refused(path, new { request_key = "k", from_month = "2026-10", to_month = "2026-10", rules = (string?[])[X, null], settings = (object?[])[null], reason = "测试", started_by = "甲" }));

    [Fact]
    public async Task SameRequestAgain_IsTheSameRun_WithOtherContentRefused()
    {
        var order = new { request_key = "same", from_month = "2026-10", to_month = "2026-11", reason = "测试", started_by = "甲" };
        var no = (await county.Started("/runs", order)).GetProperty("run_no").GetInt64();
        Assert.Equal(no, (await county.Started("/runs", order)).GetProperty("run_no").GetInt64());
        Assert.Equal("request.key_reused", (await county.Refused("/runs", order with { to_month = "2026-10" })).Code);
        Assert.Single((await county.Host.Get("/runs?state=queued")).Body.GetProperty("runs").EnumerateArray());
    }
}
