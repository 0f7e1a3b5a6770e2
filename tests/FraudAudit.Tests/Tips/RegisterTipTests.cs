using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedInsure.FraudAudit.Tests.Cases;
using MedInsure.FraudAudit.Tips;
using Microsoft.Extensions.Configuration;

namespace MedInsure.FraudAudit.Tests.Tips;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class RegisterTipTests(AuditFixture fixture)
{
    private const string Name = "冯举报", Phone = "13900001111", Handler = "陈承办";

    private static Task<CaseDesk> Desk(AuditFixture fixture, string? key = "a key of this test, at least thirty-two long") => CaseDesk.Start(fixture, settings: new() { ["Secrets:TipKey"] = key });

    private static object Order(CaseDesk desk, string? key = null, bool named = true, string text = "夜间无人住院", string reason = "来电举报", string channel = "phone", string kind = "provider", string? subject = CaseNeighbours.Hospital) => new
    {
        request_key = key ?? desk.NewKey(), by = "钱登记", reason, received_on = "2026-11-20", channel, subject_kind = kind, subject, text, informer = named ? new { name = Name, phone = Phone } : null,
    };

    private static async Task<(string No, string Secret)> Tip(CaseDesk desk, bool named = true, string? key = null)
    {
        var tip = await desk.Post("/tips", Order(desk, key, named));
        return (tip.GetProperty("tip_no").GetString()!, tip.GetProperty("secret").GetString()!);
    }

    private static JsonObject Say(CaseDesk desk, string by, object? more = null, string? key = null)
    {
        var said = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        (said["request_key"], said["by"], said["reason"]) = (key ?? desk.NewKey(), by, "办理");
        return said;
    }

    /// <summary>All of the schema's text and bytes, as a dump would have it.</summary>
    private static async Task<string> Dump(AuditHost host)
    {
        var dump = new StringBuilder();
        foreach (var table in (string[])["tip", "field_act", "reward"])
        {
            await using var command = host.Database.CreateCommand($"SELECT t::text FROM {table} t");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) dump.AppendLine(reader.GetString(0));
        }
        return dump.ToString();
    }

    [Fact]
    public async Task InformerIsNowhereInTheTables_NorInLists_AndSeenOnlyByAnActOnRecord()
    {
        await using var desk = await Desk(fixture);
        var (no, secret) = await Tip(desk);
        var dump = await Dump(desk.Host);
        foreach (var word in (string[])[Name, Phone, secret, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Name)), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Phone))]) Assert.DoesNotContain(word, dump, StringComparison.Ordinal);
        foreach (var path in (string[])["/tips", $"/tips/{no}"])
        {
            var shown = (await desk.Get(path)).ToString();
            Assert.DoesNotContain(Name, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(Phone, shown, StringComparison.Ordinal);
            Assert.Contains("\"named\":true", shown.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
        Assert.Equal("approval.same_person", await desk.Refused($"/tips/{no}/informer", Say(desk, "郑查看", new { approver = "郑查看" })));
        Assert.Equal("request.reason_missing", await desk.Refused($"/tips/{no}/informer", new { request_key = "R", by = "郑查看", approver = "吴批准" }));
        var seen = await desk.Post($"/tips/{no}/informer", Say(desk, "郑查看", new { approver = "吴批准" }));
        Assert.Equal((Name, Phone), (seen.GetProperty("name").GetString(), seen.GetProperty("phone").GetString()));
        var last = (await desk.Get($"/tips/{no}")).GetProperty("history").EnumerateArray().Last();
        Assert.Equal(("informer_revealed", "郑查看", "吴批准"), (last.GetProperty("act").GetString(), last.GetProperty("by").GetString(), last.GetProperty("detail").GetProperty("approver").GetString()));
        Assert.Equal("tip.anonymous", await desk.Refused($"/tips/{(await Tip(desk, named: false)).No}/informer", Say(desk, "郑查看", new { approver = "吴批准" })));
    }

    [Fact]
    public async Task NumberAndSecret_TellTheState_AndNothingElseDoes()
    {
        await using var desk = await Desk(fixture);
        var (no, secret) = await Tip(desk, named: false, key: "TIP-1");
        Assert.Equal((no, secret), await Tip(desk, named: false, key: "TIP-1"));
        Assert.Equal("request.key_reused", await desk.Refused("/tips", Order(desk, "TIP-1", named: true)));
        Assert.Equal("已登记", (await desk.Post($"/tips/{no}/state", new { secret })).GetProperty("state_name").GetString());
        var other = await Tip(desk);
        foreach (var (tip, with) in ((string, string)[])[(no, other.Secret), (no, ""), (no[..^1] + "9", secret), ("x", secret)]) Assert.Equal("tip.not_found", await desk.Refused($"/tips/{tip}/state", new { secret = with }));
    }

    [Fact]
    public async Task TwoOfOneKeyAtOnce_AreOneTip()
    {
        await using var desk = await Desk(fixture);
        var order = Order(desk);
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Post("/tips", order)));
        Assert.Single(all.Select(a => a.ToString()).Distinct());
        Assert.Equal(1L, await desk.Host.Sql<long>("SELECT count(*) FROM tip"));
    }

    [Fact]
    public async Task WrongOrders_AreRefused()
    {
        await using var desk = await Desk(fixture);
        Assert.Equal("tip.channel_unknown", await desk.Refused("/tips", Order(desk, channel: "rumour")));
        Assert.Equal("tip.subject_invalid", await desk.Refused("/tips", Order(desk, kind: "provider", subject: null)));
        Assert.Equal("tip.subject_invalid", await desk.Refused("/tips", Order(desk, kind: "unknown")));
        Assert.Equal("tip.text_names_informer", await desk.Refused("/tips", Order(desk, text: $"{Name}称夜间无人住院")));
        Assert.Equal("tip.text_names_informer", await desk.Refused("/tips", Order(desk, reason: $"来电 {Phone}")));
        Assert.Equal("field.phone_written", await desk.Refused("/tips", Order(desk, named: false, text: "可致电 0955-7654321")));
        Assert.Equal("tip.unknown", await desk.Refused("/tips/T1/assignment", Say(desk, "x", new { handler = Handler })));
        await using var without = await Desk(fixture, key: null);
        Assert.Equal("tip.key_missing", await without.Refused("/tips", Order(without)));
    }

    [Fact]
    public void AnotherKeyOrAnotherTip_OpensNothing()
    {
        static TipVault Vault(string key) => new(new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:TipKey", key)]).Build());
        var (vault, other) = (Vault(new string('a', 32)), Vault(new string('b', 32)));
        var sealedBytes = vault.Seal(new Informer(Name, Phone, null), "T1");
        Assert.Equal(Phone, vault.Open(sealedBytes, "T1").Value.Phone);
        Assert.Equal("tip.key_other", other.Open(sealedBytes, "T1").Refusal!.Code);
        Assert.Equal("tip.key_other", vault.Open(sealedBytes, "T2").Refusal!.Code);
        Assert.NotEqual(vault.Secret("T1", "k"), other.Secret("T1", "k"));
        Assert.Throws<InvalidOperationException>(() => Vault("short"));
    }

    [Fact]
    public async Task ConfirmedByItsCase_IsRewardedByTheTerms_ByThreePeople_Once()
    {
        await using var desk = await Desk(fixture);
        var (no, secret) = await Tip(desk);
        await desk.Post($"/tips/{no}/assignment", Say(desk, "周分办", new { handler = Handler }));
        var caseNo = await desk.Decided(null, CaseDesk.Piece("tip", no, 5_000m, "举报属实"));
        object Confirmed(string by = Handler, string? of = null) => Say(desk, by, new { outcome = "confirmed", answer = "经查属实，已作处理", case_no = of ?? caseNo });
        Assert.Equal("tip.not_the_handler", await desk.Refused($"/tips/{no}/conclusion", Confirmed("别人")));
        Assert.Equal("tip.case_unfit", await desk.Refused($"/tips/{no}/conclusion", Confirmed()));
        await desk.Post($"/cases/{caseNo}/release", new { request_key = desk.NewKey(), by = CaseDesk.Releaser, reason = "签发" });
        Assert.Equal("tip.outcome_invalid", await desk.Refused($"/tips/{no}/conclusion", Say(desk, Handler, new { outcome = "confirmed", answer = "属实" })));
        Assert.Equal("reward.tip_not_confirmed", await desk.Refused($"/tips/{no}/reward", Say(desk, "甲")));
        await desk.Post($"/tips/{no}/conclusion", Confirmed());
        Assert.Equal("tip.not_in_state", await desk.Refused($"/tips/{no}/conclusion", Confirmed()));

        Assert.Equal("reward.nothing_recovered", await desk.Refused($"/tips/{no}/reward", Say(desk, "甲")));
        // 2 % of 50,000.25 - 0.00 = 1,000.005, half up to the fen.
        desk.Neighbours.Money = new() { RecoveredFen = 5_000_025 };
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Host.Post($"/tips/{no}/reward", Say(desk, "甲"))));
        var reward = all.Single(a => a.Status == HttpStatusCode.OK).Body;
        Assert.All(all.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal("reward.exists_already", a.Body.GetProperty("code").GetString()));
        Assert.Equal(("50000.25", "1000.01", "proposed"), (reward.GetProperty("recovered").GetString(), reward.GetProperty("amount").GetString(), reward.GetProperty("state").GetString()));
        var path = $"/rewards/{reward.GetProperty("reward_no").GetInt64()}";
        object Paid(string by, string receipt = "付-17") => Say(desk, by, new { paid_on = "2026-11-22", receipt });

        Assert.Equal("approval.same_person", await desk.Refused($"{path}/decision", Say(desk, " 甲", new { approved = true })));
        Assert.Equal("reward.not_in_state", await desk.Refused($"{path}/payment", Paid("丙")));
        // An appeal gave money back meanwhile.
        desk.Neighbours.Money = new() { RecoveredFen = 5_000_025, ReturnedFen = 1 };
        Assert.Equal("reward.recovered_changed", await desk.Refused($"{path}/decision", Say(desk, "乙", new { approved = true })));
        desk.Neighbours.Money = new() { RecoveredFen = 5_000_025 };
        await desk.Post($"{path}/decision", Say(desk, "乙", new { approved = true }));
        Assert.Equal("approval.same_person", await desk.Refused($"{path}/payment", Paid("乙")));
        Assert.Equal("reward.receipt_invalid", await desk.Refused($"{path}/payment", Paid("丙", "6222020200012345678")));
        var twice = await Task.WhenAll(desk.Host.Post($"{path}/payment", Paid("丙")), desk.Host.Post($"{path}/payment", Paid("丁")));
        Assert.Equal(1, twice.Count(t => t.Status == HttpStatusCode.OK));
        var told = await desk.Post($"/tips/{no}/state", new { secret });
        Assert.Equal(("confirmed", "1000.01", "paid"), (told.GetProperty("state").GetString(), told.GetProperty("reward").GetString(), told.GetProperty("reward_state").GetString()));
    }
}
