using System.Collections.Concurrent;
using System.Threading.Channels;
using MedInsure.Hosting.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Hosting.Tests.Jobs;

[Trait("Category", "Unit")]
public sealed class TenantWorkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Tells of each round; what it answers is the test's.</summary>
    private sealed class ToldWork(TimeSpan pause, Func<string, int, Task<bool>> round, params string[] tenants) : TenantWork(NullLogger.Instance, pause)
    {
        private readonly ConcurrentDictionary<string, int> rounds = [];

        public Channel<string> Told { get; } = Channel.CreateUnbounded<string>();

        protected override IEnumerable<string> Tenants => tenants;

        protected override async Task<bool> Round(string tenant, CancellationToken stop)
        {
            var n = rounds.AddOrUpdate(tenant, 1, (_, before) => before + 1);
            await Told.Writer.WriteAsync($"{tenant}{n}", stop);
            return await round(tenant, n).WaitAsync(stop);
        }

        public async Task<List<string>> Read(int count)
        {
            using var patience = new CancellationTokenSource(Patience);
            var told = new List<string>();
            while (told.Count < count) told.Add(await Told.Reader.ReadAsync(patience.Token));
            return told;
        }
    }

    [Fact]
    public async Task MoreToDo_GoesOnAtOnce_ThenWaitsForARing()
    {
        using var work = new ToldWork(TimeSpan.FromHours(1), (_, n) => Task.FromResult(n < 3), "a");
        await work.StartAsync(default);
        Assert.Equal(["a1", "a2", "a3"], await work.Read(3));
        work.Ring("a");
        Assert.Equal(["a4"], await work.Read(1));
        await work.StopAsync(default);
        Assert.False(work.Told.Reader.TryRead(out _));
    }

    [Fact]
    public async Task RingBeforeTheStart_IsHeard()
    {
        using var work = new ToldWork(TimeSpan.FromHours(1), (_, _) => Task.FromResult(false), "a");
        work.Ring("a");
        await work.StartAsync(default);
        Assert.Equal(["a1", "a2"], await work.Read(2));
        await work.StopAsync(default);
    }

    [Fact]
    public async Task RoundFails_IsTriedAgain_AndOtherTenantsGoOn()
    {
        using var work = new ToldWork(TimeSpan.FromMilliseconds(1), (tenant, n) => tenant == "a" && n == 1 ? throw new InvalidOperationException("this round fails") : Task.FromResult(false), "a", "b");
        await work.StartAsync(default);
        var told = new HashSet<string>();
        while (!told.IsSupersetOf(["a2", "b2"])) told.UnionWith(await work.Read(1));
        await work.StopAsync(default);
        Assert.True(work.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task RoundThatHangs_HoldsUpNoOtherTenant_AndEndsWithTheProcess()
    {
        var never = new TaskCompletionSource<bool>();
        using var work = new ToldWork(TimeSpan.FromMilliseconds(1), (tenant, _) => tenant == "a" ? never.Task : Task.FromResult(false), "a", "b");
        await work.StartAsync(default);
        var told = new HashSet<string>();
        while (!told.IsSupersetOf(["a1", "b3"])) told.UnionWith(await work.Read(1));
        await work.StopAsync(default);
        Assert.DoesNotContain("a2", told);
    }
}
