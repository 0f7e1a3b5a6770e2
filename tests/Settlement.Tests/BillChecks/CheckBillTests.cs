using System.Diagnostics.Metrics;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Tests.Insurers;
using AuditClient = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditClient;

namespace MedInsure.Settlement.Tests.BillChecks;

[Trait("Category", "Interop")]
[Collection(PostgresCollection.Name)]
public sealed class CheckBillTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static int lastPerson;
    private CheckedCounty county = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (county = await postgres.CheckedCounty()).Node;

    public Task DisposeAsync() => county.Block(false);

    [Fact]
    public async Task BillThatARuleFindsSomethingOf_IsWarnedAboutAndSettles()
    {
        await using var server = await Open(AuditChoice.Open, county.Rules);
        var (women, other) = (await Visit("A2", 12_300), await Visit("A1", 12_300));
        var tried = await server.Client.PreSettleClaimAsync(women, Here);
        Assert.Contains(CheckedCounty.PersonRule, tried.Warning, StringComparison.Ordinal);
        Assert.Contains("目录限女性", tried.Warning, StringComparison.Ordinal);
        Assert.False(tried.WouldBeRefused);
        Assert.Equal("", (await server.Client.PreSettleClaimAsync(other, Here)).Warning);
        var settled = await server.Client.SettleClaimAsync(women, Here);
        Assert.Equal((tried.FundTotalFen, ""), (settled.FundTotalFen, settled.Warning));
    }

    [Fact]
    public async Task WhatTheAgencyMarksAsBlocking_IsRefusedWithItsRule_AndNothingIsWritten()
    {
        await county.Block(true);
        await using var server = await Open(AuditChoice.Open, county.Rules);
        var request = await Visit("A2", 4_500);
        await node.Projected();
        var before = node.Journal.CommittedSeq;
        var refusal = await Refused(server.Client.SettleClaimAsync(request, Here));
        Assert.Equal(Refusals.BillBlockedCode, refusal.Code);
        Assert.Contains($"规则{CheckedCounty.PersonRule}", refusal.Chinese, StringComparison.Ordinal);
        Assert.Contains($"Rule {CheckedCounty.PersonRule} blocks", refusal.English, StringComparison.Ordinal);
        Assert.Equal(before, node.Journal.CommittedSeq);
        var tried = await server.Client.PreSettleClaimAsync(request, Here);
        Assert.StartsWith("超目录限定人群（" + CheckedCounty.PersonRule + "）不予结算", tried.Warning, StringComparison.Ordinal);
        Assert.True(tried.WouldBeRefused);
        // Nothing was remembered of the refused message.
        await using var alone = await CountyServer.Start(node);
        Assert.NotEqual("", (await alone.Client.SettleClaimAsync(request, Here)).SetlId);
    }

    [Fact]
    public async Task RepeatedSettlement_KeepsItsAnswer_WhateverTheRulesSayNow()
    {
        await using var server = await Open(AuditChoice.Closed, county.Rules);
        var request = await Visit("A2", 6_700);
        var first = await server.Client.SettleClaimAsync(request, Here);
        await county.Block(true);
        Assert.Equal(first, await server.Client.SettleClaimAsync(request, Here));
        await using var alone = await CountyServer.Start(node);
        Assert.Equal(first, await alone.Client.SettleClaimAsync(request, Here));
    }

    [Fact]
    public async Task RulesAway_OpenSettlesAndCounts_ClosedRefuses()
    {
        var passed = new List<string>();
        using var listener = Unchecked(passed);
        await using (var server = await Open(AuditChoice.Open, rules: null))
            Assert.NotEqual("", (await server.Client.SettleClaimAsync(await Visit("A2", 1_000), Here)).SetlId);
        Assert.Equal(["open"], passed);

        await using (var server = await Open(AuditChoice.Closed, rules: null))
        {
            var request = await Visit("A1", 1_000);
            Assert.Equal("audit.unavailable", (await Refused(server.Client.SettleClaimAsync(request, Here))).Code);
            Assert.Contains("未予结算", (await server.Client.PreSettleClaimAsync(request, Here)).Warning, StringComparison.Ordinal);
            // They answer again: the same message settles.
            await using var again = await CountyServer.Start(node, rules: county.Rules);
            Assert.NotEqual("", (await again.Client.SettleClaimAsync(request, Here)).SetlId);
        }
        Assert.Equal(["open", "closed"], passed);
    }

    [Fact]
    public async Task SlowRules_AreWaitedForNoLongerThanTheDeadline_AndAfterSomeTimesNotAtAll()
    {
        await using var rules = await ScriptedRules.Start();
        rules.Answer = async (_, cancellation) => { await Task.Delay(Timeout.Infinite, cancellation); return new CheckClaimReply(); };
        await using var server = await Open(AuditChoice.Open, rules.Client, checkMs: 50);
        var psn = await Person();
        for (var i = 0; i < CallCircuit.FailuresMax + 3; i++) Assert.NotEqual("", (await server.Client.SettleClaimAsync(node.Inline(psn, 100 + i), Here)).SetlId);
        // A request may be too late before it has left; after FailuresMax of them none leaves.
        Assert.InRange(rules.Asked.Count, 0, CallCircuit.FailuresMax);
        await using var closed = await Open(AuditChoice.Closed, rules.Client, checkMs: 50);
        Assert.Equal("audit.unavailable", (await Refused(closed.Client.SettleClaimAsync(node.Inline(psn, 999), Here))).Code);
    }

    [Fact]
    public async Task CountyThatDoesNotCheck_AsksNobody()
    {
        await using var rules = await ScriptedRules.Start();
        await using var server = await Open(AuditChoice.Off, rules.Client);
        var request = await Visit("A2", 2_000);
        await server.Client.PreSettleClaimAsync(request, Here);
        await server.Client.SettleClaimAsync(request, Here);
        Assert.Empty(rules.Asked);
    }

    [Fact]
    public async Task RulesSeeTheBillAsTheAuditWill_WithItsTraceCodes()
    {
        await using var rules = await ScriptedRules.Start();
        await using var server = await Open(AuditChoice.Open, rules.Client);
        var request = await Visit("A1", 3_000);
        request.TraceCode.Add(new TraceCode { FeedetlSn = "1", Code = "81000000000000000001" });
        request.TraceCode.Add(new TraceCode { FeedetlSn = "1", Code = "81000000000000000002", Split = true });
        request.TraceCode.Add(new TraceCode { FeedetlSn = "no-such-line", Code = "81000000000000000003" });
        var settled = await server.Client.SettleClaimAsync(request, Here);

        Assert.True(rules.Asked.TryDequeue(out var asked));
        Assert.Equal((CheckStage.During, "", 0L), (asked.Stage, asked.Claim.SetlId, asked.Claim.SettledAtMs));
        await node.Projected();
        var page = (await Settlement.AuditFeed.ReadAuditClaims.Query(node.Database, node.Tenant, new ReadAuditClaimsRequest { AfterIdx = -1, Max = 2_000 }, default)).Value;
        var told = page.Claim.Single(c => c.SetlId == settled.SetlId).Clone();
        Assert.Equal(["81000000000000000001"], told.Line[0].TraceCode);
        Assert.Equal(["81000000000000000002"], told.Line[0].SplitTraceCode);
        (told.SetlId, told.SettledAtMs, told.JournalSeq, told.Idx) = ("", 0, 0, 0);
        Assert.Equal(told, asked.Claim);
        Assert.Empty((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, CancellationToken.None)).Findings);
    }

    [Fact]
    public async Task SeveralBlockingFindings_AreNamedByTheFirstAndCounted()
    {
        await using var rules = await ScriptedRules.Start();
        rules.Answer = (_, _) => Task.FromResult(new CheckClaimReply
        {
            Finding = { new CheckFinding { Rule = "R0", Text = "提示" }, new CheckFinding { Rule = "R1", RuleName = "甲", Text = "一", TextEn = "one", Blocks = true }, new CheckFinding { Rule = "R2", Text = "二", Blocks = true } },
        });
        await using var server = await Open(AuditChoice.Open, rules.Client);
        var refusal = await Refused(server.Client.SettleClaimAsync(await Visit("A1", 3_000), Here));
        Assert.Equal(("甲（规则R1）不予结算：一；另有1项", "Rule R1 blocks the settlement: one (and 1 more)"), (refusal.Chinese, refusal.English));
    }

    [Fact]
    public async Task BillThatChangedWhileItWasChecked_IsCheckedAgain()
    {
        await using var rules = await ScriptedRules.Start();
        await using var server = await Open(AuditChoice.Open, rules.Client);
        var (psn, at) = (await Person(), SettlementNode.At(2026, 6, 1));
        var visit = await node.Opened(psn, "11", at);
        await node.Charged(visit, psn, "3", SettlementNode.Line("1", "A1", 10_000, 20_000_000, at));
        // A line comes and another goes: the total stays, the bill does not.
        rules.Answer = async (_, _) =>
        {
            if (rules.Asked.Count == 1) await node.Charged(visit, psn, "3", SettlementNode.Line("2", "A1", 10_000, 20_000_000, at), SettlementNode.Line("3", "A1", -10_000, 20_000_000, at, original: "1"));
            return new CheckClaimReply();
        };
        Assert.NotEqual("", (await server.Client.SettleClaimAsync(node.Settling(visit, psn, 2_000), Here)).SetlId);
        Assert.Equal([1, 3], rules.Asked.Select(a => a.Claim.Line.Count));
    }

    private CallOptions Here => new(CallTenant.For(node.Tenant.Code));

    private async Task<CountyServer> Open(AuditChoice choice, AuditClient? rules, int checkMs = 30_000)
    {
        await node.Check(choice);
        return await CountyServer.Start(node, rules: rules, checkMs: checkMs);
    }

    private async Task<string> Person()
    {
        var psn = $"C{node.Tenant.Code}{Interlocked.Increment(ref lastPerson):D6}";
        await node.AddPerson(psn);
        return psn;
    }

    private async Task<SettleClaimRequest> Visit(string item, long fen) => await node.Visit(await Person(), fen, item: item);

    private static async Task<Kernel.Refusal> Refused<T>(AsyncUnaryCall<T> call)
    {
        var e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        return RefusalStatus.FromRpcException(e) ?? throw e;
    }

    private MeterListener Unchecked(List<string> choices)
    {
        var tenant = node.Tenant.Code;
        var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "medinsure.bill_check.unchecked") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var of = tags.ToArray().ToDictionary(t => t.Key, t => $"{t.Value}");
            if (of["tenant"] == tenant) lock (choices) choices.Add(of["choice"]);
        });
        listener.Start();
        return listener;
    }
}
