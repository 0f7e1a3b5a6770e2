using System.Net;
using MedInsure.FraudAudit.Tests.Cases;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tests.Campaigns;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class ConfirmRefundTests(AuditFixture fixture)
{
    private const string Rule = "MI10000202051000", Other = "MI10000302052000", Clerk = "钱登记", Finance = "孙财务";

    private static object Opening(CaseDesk desk, string kind = "self_inspection", string[]? rules = null, string[]? providers = null, string? key = null) => new
    {
        request_key = key ?? desk.NewKey(), by = "赵牵头", reason = "省级部署", kind, name = "百日行动", from_on = "2026-06-01", to_on = "2026-06-30", deadline_on = "2026-12-10", rules = rules ?? [Rule], providers = providers ?? [CaseNeighbours.Hospital, CaseNeighbours.Elsewhere],
    };

    private static object Report(CaseDesk desk, decimal? amount = 120.50m, string provider = CaseNeighbours.Hospital, string rule = Rule, string? setlId = null, string? key = null) => new
    {
        request_key = key ?? desk.NewKey(), by = Clerk, reason = "机构自查报告", fixmedins_code = provider, reported_on = "2026-11-22", items = amount is null ? [] : new object[] { new { rule, setl_id = setlId, amount, text = "超量开药" } },
    };

    private static object Refund(CaseDesk desk, string by = Finance, string? key = null) => new { request_key = key ?? desk.NewKey(), by, reason = "到账", fund = "390100", channel = "bank-icbc", received_on = "2026-11-22", bank_reference = "B-77" };

    private static async Task<long> Opened(CaseDesk desk, string kind = "self_inspection") => (await desk.Post("/campaigns", Opening(desk, kind))).GetProperty("campaign").GetProperty("campaign_no").GetInt64();

    private static async Task<long> Item(CaseDesk desk, long campaign) => (await desk.Get($"/campaigns/{campaign}/items")).GetProperty("items").EnumerateArray().Last().GetProperty("item_no").GetInt64();

    [Fact]
    public async Task ProviderReportsAndPaysBack_TheLedgerHasItOnce_AndTheCampaignCloses()
    {
        await using var desk = await CaseDesk.Start(fixture);
        var campaign = await Opened(desk);
        await desk.Post($"/campaigns/{campaign}/reports", Report(desk, setlId: "S1"));
        await desk.Post($"/campaigns/{campaign}/reports", Report(desk, amount: null, provider: CaseNeighbours.Elsewhere));
        var item = await Item(desk, campaign);
        object closing = new { request_key = desk.NewKey(), by = "赵牵头", reason = "到期" };
        Assert.Equal("campaign.unfinished", await desk.Refused($"/campaigns/{campaign}/closing", closing));

        var refund = Refund(desk, key: "REFUND-1");
        Assert.Equal("refunded", (await desk.Post($"/campaigns/items/{item}/refund", refund)).GetProperty("state").GetString());
        await desk.Post($"/campaigns/items/{item}/refund", refund);
        var notice = $"{desk.Host.County.Code}Z{item:D12}";
        Assert.Equal([$"book {notice} 12050", $"recovery {notice}-1 12050"], desk.Neighbours.Calls.ToArray());
        Assert.Equal("campaign.item_decided", await desk.Refused($"/campaigns/items/{item}/refund", Refund(desk)));

        var shown = await desk.Post($"/campaigns/{campaign}/closing", closing);
        Assert.Equal(("120.50", "120.50", 2), (shown.GetProperty("campaign").GetProperty("amount").GetString(), shown.GetProperty("campaign").GetProperty("refunded").GetString(), shown.GetProperty("campaign").GetProperty("reported").GetInt32()));
        Assert.Equal("120.50", shown.GetProperty("by_rule")[0].GetProperty("refunded").GetString());
        Assert.Equal("campaign.closed", await desk.Refused($"/campaigns/{campaign}/reports", Report(desk)));
    }

    [Fact]
    public async Task SettlementIsAway_TheSameRequestAgainGoesOn()
    {
        await using var desk = await CaseDesk.Start(fixture);
        var campaign = await Opened(desk);
        await desk.Post($"/campaigns/{campaign}/reports", Report(desk));
        var (item, refund) = (await Item(desk, campaign), Refund(desk));
        desk.Neighbours.Answers.Enqueue(new Refusal(RefusalKind.Precondition, "audit_notice.fund_missing", "x", "x"));
        Assert.Equal("audit_notice.fund_missing", await desk.Refused($"/campaigns/items/{item}/refund", refund));
        Assert.Equal("campaign.item_decided", await desk.Refused($"/campaigns/items/{item}/strike", new { request_key = desk.NewKey(), by = Finance, reason = "x" }));
        Assert.Equal("campaign.item_decided", await desk.Refused($"/campaigns/items/{item}/refund", Refund(desk, by: "另一人")));
        Assert.Equal("refunded", (await desk.Post($"/campaigns/items/{item}/refund", refund)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task MoneyNeedsAnotherPerson_AndIsStruckOutOnce()
    {
        await using var desk = await CaseDesk.Start(fixture);
        var campaign = await Opened(desk);
        await desk.Post($"/campaigns/{campaign}/reports", Report(desk));
        var item = await Item(desk, campaign);
        Assert.Equal("approval.same_person", await desk.Refused($"/campaigns/items/{item}/refund", Refund(desk, by: Clerk)));
        var both = await Task.WhenAll(desk.Host.Post($"/campaigns/items/{item}/refund", Refund(desk)), desk.Host.Post($"/campaigns/items/{item}/strike", new { request_key = desk.NewKey(), by = "周审核", reason = "重复登记" }));
        Assert.Equal(1, both.Count(b => b.Status == HttpStatusCode.OK));
        Assert.Contains(await desk.Host.Sql<string>($"SELECT state FROM campaign_item WHERE item_no = {item}"), new[] { "refunded", "struck" });
    }

    [Fact]
    public async Task WhatATeamFinds_IsNoSelfRefund()
    {
        await using var desk = await CaseDesk.Start(fixture);
        var campaign = await Opened(desk, "flying");
        await desk.Post($"/campaigns/{campaign}/reports", Report(desk));
        Assert.Equal("campaign.not_self_inspection", await desk.Refused($"/campaigns/items/{await Item(desk, campaign)}/refund", Refund(desk)));
        Assert.Empty(desk.Neighbours.Calls);
        Assert.Equal(1, (await desk.Get("/campaigns?kind=flying&open=true")).GetProperty("campaigns").GetArrayLength());
        Assert.Equal(0, (await desk.Get("/campaigns?kind=flying&open=false")).GetProperty("campaigns").GetArrayLength());
    }

    [Fact]
    public async Task WrongOrders_AreRefused_AndTheSameRequestOpensOnce()
    {
        await using var desk = await CaseDesk.Start(fixture);
        var opening = Opening(desk, key: "OPEN-1");
        var campaign = (await desk.Post("/campaigns", opening)).GetProperty("campaign").GetProperty("campaign_no").GetInt64();
        Assert.Equal(campaign, (await desk.Post("/campaigns", opening)).GetProperty("campaign").GetProperty("campaign_no").GetInt64());
        Assert.Equal("request.key_reused", await desk.Refused("/campaigns", Opening(desk, "flying", key: "OPEN-1")));
        Assert.Equal("campaign.kind_unknown", await desk.Refused("/campaigns", Opening(desk, "storm")));
        Assert.Equal("campaign.rules_invalid", await desk.Refused("/campaigns", Opening(desk, rules: ["X"])));
        Assert.Equal("campaign.providers_invalid", await desk.Refused("/campaigns", Opening(desk, providers: [])));
        Assert.Equal("case.provider_unknown", await desk.Refused("/campaigns", Opening(desk, providers: ["H0"])));
        Assert.Equal("campaign.provider_not_in_it", await desk.Refused($"/campaigns/{campaign}/reports", Report(desk, provider: "H0")));
        Assert.Equal("campaign.items_invalid", await desk.Refused($"/campaigns/{campaign}/reports", Report(desk, rule: Other)));
        Assert.Equal("campaign.items_invalid", await desk.Refused($"/campaigns/{campaign}/reports", Report(desk, setlId: "S404")));
        // More than the settlement had in scope.
        Assert.Equal("campaign.items_invalid", await desk.Refused($"/campaigns/{campaign}/reports", Report(desk, 4_000.01m, setlId: "S1")));
        Assert.Equal("field.amount_invalid", await desk.Refused($"/campaigns/{campaign}/reports", Report(desk, 0.001m)));
        Assert.Equal("campaign.unknown", await desk.Refused("/campaigns/99/reports", Report(desk)));
        Assert.Equal("campaign.item_unknown", await desk.Refused("/campaigns/items/99/refund", Refund(desk)));
        Assert.Equal(0, (await desk.Get($"/campaigns/{campaign}/items")).GetProperty("items").GetArrayLength());
    }
}
