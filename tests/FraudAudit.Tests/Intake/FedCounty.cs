using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.PostAudit;
using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Intake;

/// <summary>A county whose settlements a test brings as settlement's feed would, under the rules of <see cref="TestRules"/> and the county's own settings of them.</summary>
internal sealed class FedCounty(AuditHost host) : IAsyncDisposable
{
    private long seq;
    private int request;

    public AuditHost Host => host;
    public CityReference City { get; } = CityReference.Empty(AuditHost.City);

    public static async Task<FedCounty> Start(AuditFixture fixture) => new(await fixture.Start(instead: services => services.AddSingleton(TestRules.Book)));

    /// <summary>A visit with one line of item X.</summary>
    public static AuditClaim X(int on, decimal amount, string psn = "P1", string provider = "H1") => Bill.Visit(on, psn: psn, provider: provider, lines: [Bill.Line("X", amount, on)]);

    public async Task Settle(params AuditClaim[] claims)
    {
        var page = new ReadAuditClaimsReply { ReadSeq = ++seq, ReadIdx = claims.Length - 1, AtSeq = seq };
        for (var i = 0; i < claims.Length; i++) (claims[i].JournalSeq, claims[i].Idx) = (seq, i);
        page.Claim.AddRange(claims);
        await Take(page);
    }

    /// <summary>Numbers that were one person's.</summary>
    public Task Merge(params (string Retired, string Surviving)[] merges)
    {
        var page = new ReadAuditClaimsReply { ReadSeq = ++seq, AtSeq = seq };
        page.Merge.AddRange(merges.Select(m => new PersonMerge { RetiredNo = m.Retired, SurvivingNo = m.Surviving }));
        return Take(page);
    }

    private async Task Take(ReadAuditClaimsReply page)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        var rules = await host.Services.GetRequiredService<RuleSets>().Newest(host.County.Code, default);
        Assert.True((await IntakePage.Take(connection, await IntakePage.Position(connection, default), page, TestRules.Book, rules, City, host.Clock.Now.UtcDateTime, default)).Taken);
    }

    public Task Reverse(AuditClaim claim) => Settle(new AuditClaim { SetlId = $"R{claim.SetlId}", ReversesSetlId = claim.SetlId, RootSetlId = claim.SetlId, PsnNo = claim.PsnNo, SettledAtMs = Bill.MsOf(20261120, 9) });

    /// <summary>The county sets a rule, for all days.</summary>
    public Task Set(string rule, bool isOn = true, decimal limit = 0) => host.Sql<object>($$"""
        INSERT INTO rule_setting (request_key, rule, from_on, is_on, parameters, reason, proposed_by, proposed_at, state, decided_by, decided_at, approval_no)
        VALUES ('k{{++request}}', '{{rule}}', '2020-01-01', {{isOn}}, '{"limit":"{{limit}}"}', 'test', '甲', now(), 'approved', '乙', now(), nextval('rule_setting_approval'))
        """);

    /// <summary>Starts a run by 甲 and does it.</summary>
    public async Task<long> Ran(string from = "2026-10", string to = "2026-11", params string[] rules)
    {
        var no = (await Started("/runs", new { request_key = $"r{++request}", from_month = from, to_month = to, rules, reason = "季度复查", started_by = "甲" })).GetProperty("run_no").GetInt64();
        Assert.True(await Worker.Round(host.County.Code, City, default));
        return no;
    }

    public AuditRunWorker Worker => host.Services.GetRequiredService<AuditRunWorker>();

    public async Task<JsonElement> Started(string path, object order)
    {
        var (status, body) = await host.Post(path, order);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return body;
    }

    /// <summary>"kind rule count old new" of a run, by kind and rule.</summary>
    public async Task<string[]> Differences(long run) => [.. (await host.Get($"/runs/{run}")).Body.GetProperty("differences").EnumerateArray()
        .Select(d => $"{d.GetProperty("kind")} {d.GetProperty("rule")} {d.GetProperty("count")} {d.GetProperty("old")} {d.GetProperty("new")}")];

    public async Task<(HttpStatusCode Status, string Code)> Refused(string path, object body)
    {
        var (status, answer) = await host.Post(path, body);
        return (status, answer.TryGetProperty("code", out var code) ? code.GetString()! : "");
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> Apply(long run, string by = "乙") => host.Post($"/runs/{run}/application", new { by, reason = "复核无误" });

    /// <summary>"rule setl_id state money", in their order.</summary>
    public async Task<string> Standing() => await host.Sql<string>("SELECT string_agg(concat_ws(' ', rule, setl_id, state, in_scope_fen), ', ' ORDER BY rule, setl_id, subject) FROM finding WHERE gone_at IS NULL") ?? "";

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
