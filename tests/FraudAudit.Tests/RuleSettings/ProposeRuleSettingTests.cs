using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.RuleSettings;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.RuleSettings;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class ProposeRuleSettingTests(AuditFixture fixture)
{
    private const string Rule = "MI10000202051000"; // 超量开药

    private static Dictionary<string, object?> Order(string key = "k1", string rule = Rule, string from = "2026-12-01", object? stages = null, object? parameters = null, string by = "Li") => new()
    {
        ["request_key"] = key, ["rule"] = rule, ["from_on"] = from, ["is_on"] = true, ["stages"] = stages, ["blocks"] = true, ["parameters"] = parameters ?? new { acute_days_max = 5 }, ["reason"] = "长期处方", ["proposed_by"] = by,
    };

    private static async Task<long> Propose(AuditHost host, Dictionary<string, object?> order) => (await host.Post("/rule-settings", order)).Body.GetProperty("setting_no").GetInt64();

    private static Task<(HttpStatusCode Status, JsonElement Body)> Decide(AuditHost host, long number, bool approved = true, string approver = "Wang", string? remark = null) =>
        host.Post($"/rule-settings/{number}/decision", new { approved, approver, remark });

    [Fact]
    public async Task Approved_HoldsFromItsDay_AndTheRuleListShowsIt()
    {
        await using var host = await fixture.Start();
        var number = await Propose(host, Order(stages: new[] { "after" }));
        var sets = host.Services.GetRequiredService<RuleSets>();
        Assert.False((await sets.Of(host.County.Code, default)).TermsOf(Rule, 20261201, "after")!.Blocks);

        Assert.Equal("approved", (await Decide(host, number)).Body.GetProperty("state").GetString());
        var set = await sets.Of(host.County.Code, default);
        Assert.Equal((7, 5), (set.TermsOf(Rule, 20261130, "after")!.Whole("acute_days_max"), set.TermsOf(Rule, 20261201, "after")!.Whole("acute_days_max")));
        Assert.Equal((true, 30), (set.TermsOf(Rule, 20261201, "after")!.Blocks, set.TermsOf(Rule, 20261201, "after")!.Whole("chronic_days_max")));
        Assert.Null(set.TermsOf(Rule, 20261201, "before"));

        JsonElement OnDay(JsonElement rules) => rules.GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("number").GetString() == Rule);
        var then = OnDay((await host.Get("/rules?day=2026-12-01")).Body);
        Assert.Equal(("after", 5, 7), (Assert.Single(then.GetProperty("stages").EnumerateArray()).GetString(), then.GetProperty("parameters").GetProperty("acute_days_max").GetInt32(), then.GetProperty("defaults").GetProperty("acute_days_max").GetInt32()));
        Assert.Equal(3, OnDay((await host.Get("/rules")).Body).GetProperty("stages").GetArrayLength());
    }

    [Fact]
    public async Task TwoForOneDay_TheOneApprovedLastHolds_AndHistoryKeepsBoth()
    {
        await using var host = await fixture.Start();
        var (first, second) = (await Propose(host, Order()), await Propose(host, Order("k2", parameters: new { acute_days_max = 3 })));
        await Decide(host, second);
        await Decide(host, first);
        var set = await host.Services.GetRequiredService<RuleSets>().Of(host.County.Code, default);
        Assert.Equal(5, set.TermsOf(Rule, 20261201, "after")!.Whole("acute_days_max"));
        Assert.Equal([second, first], (await host.Get($"/rule-settings?rule={Rule}&state=approved")).Body.GetProperty("settings").EnumerateArray().Select(s => s.GetProperty("setting_no").GetInt64()).ToArray());
    }

    [Fact]
    public async Task SamePersonOrDecidedBefore_IsRefused_AndRejectedNeverHolds()
    {
        await using var host = await fixture.Start();
        var number = await Propose(host, Order());
        Assert.Equal("approval.same_person", (await Decide(host, number, approver: " li")).Body.GetProperty("code").GetString());
        Assert.Equal("request.reason_missing", (await Decide(host, number, approved: false)).Body.GetProperty("code").GetString());
        Assert.Equal("rejected", (await Decide(host, number, approved: false, remark: "依据不足")).Body.GetProperty("state").GetString());
        Assert.Equal("rule_setting.already_decided", (await Decide(host, number)).Body.GetProperty("code").GetString());
        Assert.Equal("rejected", (await Decide(host, number, approved: false, remark: "依据不足")).Body.GetProperty("state").GetString());
        Assert.Equal("rule_setting.unknown", (await Decide(host, 99)).Body.GetProperty("code").GetString());
        Assert.Equal(7, (await host.Services.GetRequiredService<RuleSets>().Newest(host.County.Code, default)).TermsOf(Rule, 20261201, "after")!.Whole("acute_days_max"));
    }

    [Fact]
    public async Task SameKeyAgain_IsTheSameProposal_OtherContentIsRefused()
    {
        await using var host = await fixture.Start();
        var number = await Propose(host, Order());
        Assert.Equal(number, await Propose(host, Order()));
        Assert.Equal("request.key_reused", (await host.Post("/rule-settings", Order(from: "2026-12-02"))).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task WrongOrders_AreRefusedWithTheirReason()
    {
        await using var host = await fixture.Start();
        async Task Refused(string code, Dictionary<string, object?> order) => Assert.Equal(code, (await host.Post("/rule-settings", order)).Body.GetProperty("code").GetString());
        await Refused("request.key_missing", Order(key: ""));
        await Refused("rule.unknown", Order(rule: "GZ1"));
        await Refused("request.day_invalid", Order(from: "2026-13-01"));
        await Refused("rule.stage_unknown", Order(stages: new[] { "later" }));
        await Refused("rule.stage_impossible", Order(rule: "MI10000302052000", stages: new[] { "before" }, parameters: new { }));
        await Refused("rule.parameter_unknown", Order(parameters: new { days = 5 }));
        await Refused("rule.parameter_invalid", Order(parameters: new { acute_days_max = -1 }));
        await Refused("approval.person_missing", Order(by: ""));
        await Refused("request.body_malformed", new() { ["request_key"] = 5 });
    }

    [Fact]
    public async Task ChangedByAnotherProcess_IsSeenByWorkOverManyBills()
    {
        await using var host = await fixture.Start();
        var sets = host.Services.GetRequiredService<RuleSets>();
        Assert.NotNull((await sets.Of(host.County.Code, default)).TermsOf(Rule, 20261201, "after"));
        var number = await Propose(host, Order());
        await host.Sql<object>($"UPDATE rule_setting SET state = 'approved', decided_by = 'Wang', decided_at = now(), approval_no = nextval('rule_setting_approval'), is_on = false WHERE setting_no = {number}");
        Assert.Null((await sets.Newest(host.County.Code, default)).TermsOf(Rule, 20261201, "after"));
        Assert.Null((await sets.Of(host.County.Code, default)).TermsOf(Rule, 20261201, "after"));
    }
}
