using System.Text.Json.Nodes;
using MedInsure.Gateway.Calls;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>A gateway with small limits, so that a thousand calls are a storm.</summary>
public sealed class LimitedHost : ScriptedHost
{
    public const int CountyCalls = 8, CountyWaiting = 100;

    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Gateway:Limits:CountyCalls"] = $"{CountyCalls}",
        ["Gateway:Limits:CountyWaiting"] = $"{CountyWaiting}",
        // One provider is the whole storm here.
        ["Gateway:Limits:ProviderCalls"] = "5000",
        ["Gateway:Limits:ProviderCallsPerSecond"] = "5000",
        ["Gateway:DeadlineSeconds"] = "55",
    };
}

[Trait("Category", "Unit")]
public sealed class CallLimitsTests(LimitedHost host) : IClassFixture<LimitedHost>
{
    private const int Storm = 1_000;

    private static JsonObject Claim(string psnNo) => new()
    {
        ["data"] = new JsonObject { ["psn_no"] = psnNo, ["mdtrt_id"] = "M1", ["insutype"] = "390", ["medfee_sumamt"] = "4.52", ["med_type"] = "11", ["acct_used_flag"] = "0" },
    };

    [Fact]
    public async Task OneCountysStorm_StaysItsOwn()
    {
        var hospital = host.Hospital();
        var (calm, inside, most) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0, 0);
        host.Script.Answer = async request =>
        {
            if (((SettleClaimRequest)request).PsnNo != "STORM") return new SettlementReply { SetlId = "S1" };
            var now = Interlocked.Increment(ref inside);
            for (var seen = most; seen < now && Interlocked.CompareExchange(ref most, now, seen) != seen;) seen = most;
            await calm.Task;
            Interlocked.Decrement(ref inside);
            return new SettlementReply { SetlId = "S2" };
        };
        var storm = Enumerable.Range(0, Storm).Select(_ => hospital.Call("2207A", Claim("STORM"), "230102")).ToArray();
        // Its places are taken, its line is full, and the rest has been sent away.
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
            while (storm.Count(s => s.IsCompleted) < Storm - CountyPlaces) await Task.Delay(10, patience.Token); // bounded by the patience

        // Nothing of the storm is answered before the other county is.
        for (var i = 0; i < 20; i++) Assert.Equal(0, (await hospital.Call("2207A", Claim("CALM"), "230103")).Infcode);
        Assert.Equal(LimitedHost.CountyCalls, Volatile.Read(ref inside));
        foreach (var answer in storm.Where(s => s.IsCompleted)) Assert.Equal((-1, "system.busy"), ((await answer).Infcode, (await answer).Code));

        calm.SetResult();
        var answers = await Task.WhenAll(storm);
        Assert.Equal(LimitedHost.CountyCalls, most);
        var answered = answers.Count(a => a.Infcode == 0);
        Assert.InRange(answered, LimitedHost.CountyCalls, CountyPlaces);
        Assert.Equal(Storm - answered, answers.Count(a => (a.Infcode, a.Code) == (-1, "system.busy")));
        Assert.Equal(0, (await hospital.Call("2207A", Claim("CALM"), "230102")).Infcode);
    }

    private const int CountyPlaces = LimitedHost.CountyCalls + LimitedHost.CountyWaiting;

    private static CallLimits Limits(int calls = 1000, int perSecond = 1000) => new(new CallLimitOptions(2, 1, calls, perSecond));

    [Fact]
    public void ProviderWithTooManyAtOnce_IsBusyAndNoOther()
    {
        using var limits = Limits(calls: 2);
        var held = new[] { limits.TryEnter("H1"), limits.TryEnter("H1") };
        Assert.Equal([true, true, false, true], [held[0].IsAcquired, held[1].IsAcquired, limits.TryEnter("H1").IsAcquired, limits.TryEnter("H2").IsAcquired]);
        held[0].Dispose();
        Assert.True(limits.TryEnter("H1").IsAcquired);
    }

    [Fact]
    public void ProviderBeyondItsRate_IsBusyAndKeepsNoPlace()
    {
        // A burst of two, then one a second: of a thousand in a row not all can pass.
        using var limits = Limits(calls: 3, perSecond: 1);
        for (var i = 0; i < 2; i++)
        {
            using var call = limits.TryEnter("H1");
            Assert.True(call.IsAcquired);
        }
        Assert.Contains(Enumerable.Range(0, 1000), _ => { using var call = limits.TryEnter("H1"); return !call.IsAcquired; });
        Assert.True(limits.TryEnter("H2").IsAcquired);
    }

    [Fact]
    public async Task WaitingForACounty_EndsWhenAPlaceIsFreeOrTheTimeIsUp()
    {
        using var limits = Limits();
        DateTime Soon(double seconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds);
        var held = new[] { await limits.Enter("230102", Soon(60), default), await limits.Enter("230102", Soon(60), default) };
        var waiting = limits.Enter("230102", Soon(600), default);
        Assert.False(waiting.IsCompleted);
        Assert.False((await limits.Enter("230102", Soon(600), default)).IsAcquired); // the line is full
        Assert.True((await limits.Enter("230103", Soon(60), default)).IsAcquired);
        held[0].Dispose();
        Assert.True((await waiting).IsAcquired);
        Assert.False((await limits.Enter("230102", Soon(0.02), default)).IsAcquired);
    }
}
