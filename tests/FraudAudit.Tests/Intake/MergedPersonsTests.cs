using MedInsure.FraudAudit.PostAudit;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.FraudAudit.Tests.Rules;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Intake;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class MergedPersonsTests(AuditFixture fixture) : IAsyncLifetime
{
    private const string X = TestRules.ItemX, Again = TestRules.Again;
    private FedCounty county = null!;

    public async Task InitializeAsync() => county = await FedCounty.Start(fixture);
    public async Task DisposeAsync() => await county.DisposeAsync();

    [Fact]
    public async Task BillsOfBothNumbers_AreAuditedAgainAsOnePersons()
    {
        var (early, ofRetired, ofSurvivor) = (Bill.Visit(20260901), FedCounty.X(20261001, 5m, "P2"), Bill.Visit(20261010));
        await county.Settle(early, ofRetired, ofSurvivor);
        Assert.Equal($"{X} {ofRetired.SetlId} open 500", await county.Standing());
        await county.Merge(("P2", "P1"));
        Assert.Equal($"{X} {ofRetired.SetlId} open 500, {Again} {ofSurvivor.SetlId} open 0", await county.Standing());
        Assert.Equal("P1", await county.Host.Sql<string>("SELECT string_agg(DISTINCT psn_no, ' ') FROM finding"));
    }

    [Fact]
    public async Task FirstBillOfTheLaterNumber_HasTheOthersHistoryToo()
    {
        var (ofSurvivor, ofRetired) = (FedCounty.X(20261001, 5m), Bill.Visit(20261010, psn: "P2"));
        await county.Settle(ofSurvivor, ofRetired);
        await county.Merge(("P2", "P1"));
        Assert.Equal($"{X} {ofSurvivor.SetlId} open 500, {Again} {ofRetired.SetlId} open 0", await county.Standing());
    }

    [Fact]
    public async Task ThreeNumbersInOnePage_AreOnePersonInTheEnd()
    {
        var (first, second, third) = (FedCounty.X(20261001, 5m, "P3"), Bill.Visit(20261005, psn: "P2"), Bill.Visit(20261010));
        await county.Settle(first, second, third);
        await county.Merge(("P3", "P2"), ("P2", "P1"));
        Assert.Equal($"{X} {first.SetlId} open 500, {Again} {second.SetlId} open 0, {Again} {third.SetlId} open 0", await county.Standing());
    }

    [Fact]
    public async Task CasesCallsBedsAndTips_FollowTheNumber_AndTheCaseSaysSo()
    {
        await county.Settle(FedCounty.X(20261001, 5m, "P2"));
        foreach (var sql in (string[])
        [
            "INSERT INTO audit_case (subject_kind, subject, subject_county, title, opened_by, opened_at, changed_at) VALUES ('person', 'P2', '', '冒名', '甲', now(), now()), ('provider', 'P2', '', '机构', '甲', now(), now())",
            "INSERT INTO call_draw (from_on, to_on, fixmedins_code, stays_only, script_version, seed, frame_rows, drawn_by, drawn_at) VALUES ('2026-10-01', '2026-10-31', '', false, '1', 's', 1, '甲', now())",
            "INSERT INTO call_back (draw_no, setl_id, psn_no, fixmedins_code, settled_on, place, assignee, due_on) VALUES (1, 'S1', 'P2', 'H1', '2026-10-01', '', '甲', '2026-11-01')",
            "INSERT INTO ward_check (fixmedins_code, checked_on, ward, round, expected, in_bed, rate_bp, rate_min_bp, checked_by, companion, recorded_at) VALUES ('H1', '2026-10-01', 'W', 1, 1, 0, 0, 8000, '甲', '乙', now())",
            "INSERT INTO ward_check_bed (check_no, bed, psn_no, state, text) VALUES (1, '1', 'P2', 'absent', '')",
            "INSERT INTO tip (tip_no, received_on, channel, subject_kind, subject, text, secret_hash, registered_by, registered_at) VALUES (1, '2026-10-01', 'phone', 'person', 'P2', '举报', '\\x00', '甲', now())",
        ]) await county.Host.Sql<object>(sql);
        await county.Merge(("P2", "P1"));
        Assert.Equal("P1 P2", await county.Host.Sql<string>("SELECT string_agg(subject, ' ' ORDER BY case_no) FROM audit_case"));
        Assert.Equal("1 person_merged 系统", await county.Host.Sql<string>("SELECT string_agg(concat_ws(' ', case_no, act, acted_by), ', ') FROM case_act"));
        Assert.Equal("P1 P1 P1", await county.Host.Sql<string>("SELECT concat_ws(' ', (SELECT psn_no FROM call_back), (SELECT psn_no FROM ward_check_bed), (SELECT subject FROM tip))"));
    }

    [Fact]
    public async Task RunFromBeforeTheMerge_LeavesThePersonAsTheMergeHasIt()
    {
        var (ofRetired, ofSurvivor, other) = (FedCounty.X(20261001, 5m, "P2"), Bill.Visit(20261010), FedCounty.X(20261004, 9m, "P3"));
        await county.Settle(ofRetired, ofSurvivor, other);
        await county.Set(X, limit: 1m);
        var run = await county.Ran();
        await county.Merge(("P2", "P1"));
        Assert.Equal([$"same {X} 1 9.00 9.00"], await county.Differences(run));
        await county.Apply(run);
        Assert.Equal($"{X} {ofRetired.SetlId} open 500, {X} {other.SetlId} open 900, {Again} {ofSurvivor.SetlId} open 0", await county.Standing());
    }

    [Fact]
    public async Task MergeWhileARunIsAtWork_BeginsItAnew()
    {
        await county.Settle(FedCounty.X(20261001, 5m, "P1"), FedCounty.X(20261002, 6m, "P9"));
        await county.Started("/runs", new { request_key = "merge", from_month = "2026-10", to_month = "2026-10", rules = (string[])[X], reason = "测试", started_by = "甲" });
        var (database, run) = (county.Host.Database, (await AuditRun.ToDo(county.Host.Database, default))!);
        var rules = RunRules.Of(run, TestRules.Book, await county.Host.Services.GetRequiredService<RuleSets>().Newest(county.Host.County.Code, default));
        await using (var connection = await database.OpenConnectionAsync()) await PlanAuditRun.Execute(connection, run, rules, default, billsPerSlice: 1);
        run = (await AuditRun.ToDo(database, default))!;
        // P1's bills are done; then they are P9's, whose slice is not.
        Assert.True(await AuditSlice.Next(new AuditSlice.Work(database, county.Host.County.Code, run, rules, county.City, (_, e) => throw e), county.Host.Clock.Now.UtcDateTime, default));
        await county.Merge(("P1", "P9"));
        Assert.True(await county.Worker.Round(county.Host.County.Code, county.City, default));
        Assert.Equal([$"same {X} 2 11.00 11.00"], await county.Differences(run.RunNo));
    }
}
