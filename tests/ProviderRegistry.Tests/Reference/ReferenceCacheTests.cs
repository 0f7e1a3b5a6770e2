using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MedInsure.Embedded;
using MedInsure.ProviderRegistry.Tests.Catalog;
using MedInsure.ProviderRegistry.Tests.Providers;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference;
using MedInsure.Reference.Cache;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace MedInsure.ProviderRegistry.Tests.Reference;

/// <summary>Processes that start on a real registry with a real Redis between, which dies, lies, or was never let in.</summary>
[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ReferenceCacheTests(RegistryFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Items = 5_300, Pages = 3;
    private const string Hospital = "H00000000001";
    private static readonly DateOnly Day = new(2026, 6, 1);
    /// <summary>Nothing is looked for but at the start and by Refresh; a busy machine is no reason to give up on Redis.</summary>
    private static readonly ReferenceOptions Options = new()
    {
        PollEvery = TimeSpan.FromHours(1), RetryFirst = TimeSpan.FromMilliseconds(50),
        RedisAnswerLongest = TimeSpan.FromSeconds(20), CacheWaitLongest = TimeSpan.FromSeconds(60), CacheLockExpiry = TimeSpan.FromSeconds(90),
    };

    private readonly RegistryCalls calls = new();
    private RedisServer redis = null!;
    private ConnectionMultiplexer client = null!;
    private RegistryHost registry = null!;

    public async Task InitializeAsync()
    {
        redis = await RedisServer.Start();
        // The test's own looks are patient: on a busy machine a second, the client's default, is not much.
        client = await ConnectionMultiplexer.ConnectAsync(redis.Configuration + ",allowAdmin=true,syncTimeout=60000");
        registry = await fixture.Start(configure: builder =>
        {
            builder.Services.AddSingleton(calls);
            builder.Services.AddGrpc(options => options.Interceptors.Add<RegistryCalls>());
        });
        await registry.Catalog(CatalogCsv.File(Enumerable.Range(0, Items).Select(i => new CatalogCsv($"C{i}"))));
        await registry.Providers(ProviderCsv.File(new ProviderCsv(Hospital, registry.County)));
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await registry.DisposeAsync();
        await redis.DisposeAsync();
    }

    /// <summary>By name, as in a cluster.</summary>
    private (string, string) Redis => ($"localhost:{redis.Port}", redis.Password);

    private Task<ReferenceConsumer> Start(ReferenceOptions? options = null, (string, string)? at = null) => ReferenceConsumer.Start(fixture.Server, registry, options ?? Options, at ?? Redis);

    private string[] Keys(string kind) => [.. client.GetServer(RedisServer.Host, redis.Port).Keys(pattern: $"medinsure:ref:*:{registry.City}:{kind}:*").Select(k => (string)k!).Order(StringComparer.Ordinal)];

    private int Lists => calls.Count("ListCatalogItems") + calls.Count("ListProviders");

    private static void AssertWhole(CityReference city)
    {
        Assert.Equal((Items, 1), (city.ItemCodeCount, city.ProviderCount));
        Assert.All(Enumerable.Range(0, Items), i => Assert.NotNull(city.FindItem($"C{i}", Day).Row));
    }

    private async Task<CityReference> StartAndLoad()
    {
        await using var consumer = await Start();
        return await consumer.Loaded(registry.City);
    }

    private static async Task Stop(IEnumerable<ReferenceConsumer> consumers)
    {
        foreach (var consumer in consumers) await consumer.DisposeAsync();
    }

    [Fact]
    public async Task TwentyStartingTogether_ReadTheRegistryOnce()
    {
        const int processes = 20;
        var outcomes = new Dictionary<string, long>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter.Name == "MedInsure.Reference") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => { lock (outcomes) outcomes[instrument.Name] = outcomes.GetValueOrDefault(instrument.Name) + value; });
        listener.Start();

        var without = await Task.WhenAll(Enumerable.Range(0, processes).Select(_ => ReferenceConsumer.Start(fixture.Server, registry, Options)));
        foreach (var consumer in without) AssertWhole(await consumer.Loaded(registry.City));
        await Stop(without);
        var listsWithout = Lists;
        Assert.Equal(processes * (Pages + 1), listsWithout);
        Assert.Equal(listsWithout, outcomes["medinsure.reference.registry.calls"]);

        var with = await Task.WhenAll(Enumerable.Range(0, processes).Select(_ => Start()));
        foreach (var consumer in with) AssertWhole(await consumer.Loaded(registry.City));
        await Stop(with);
        var listsWith = Lists - listsWithout;
        lock (outcomes)
            output.WriteLine($"{processes} processes starting together: {listsWithout} list calls without Redis, {listsWith} with; hits {outcomes["medinsure.reference.cache.hits"]}, misses {outcomes["medinsure.reference.cache.misses"]}");
        Assert.Equal(Pages + 1, listsWith);
        // Two kinds were published; of each, one process filled and all others found.
        lock (outcomes) Assert.Equal((2 * (processes - 1), 2, 0), (outcomes["medinsure.reference.cache.hits"], outcomes["medinsure.reference.cache.misses"], outcomes.GetValueOrDefault("medinsure.reference.cache.errors")));
    }

    [Fact]
    public async Task NewVersion_IsReadAsADeltaByOneAndFoundByTheOther()
    {
        await using var first = await Start();
        await using var second = await Start();
        await first.Loaded(registry.City);
        await second.Loaded(registry.City);
        var before = Lists;

        await registry.Catalog(CatalogCsv.File(new CatalogCsv("NEW"), new CatalogCsv("C0") { Name = "改名" }));
        await first.Data.Refresh(registry.City);
        await second.Data.Refresh(registry.City);
        Assert.Equal(before + 1, Lists);
        foreach (var consumer in (ReferenceConsumer[])[first, second])
        {
            var city = consumer.Data.For(registry.City);
            Assert.Equal((2, Items + 1, "改名"), (city.CatalogVersion, city.ItemCodeCount, city.FindItem("C0", Day).Row!.Name));
        }
        // And one that starts now does not take the first version's pages for the second's.
        Assert.Equal("改名", (await StartAndLoad()).FindItem("C0", Day).Row!.Name);
    }

    [Fact]
    public async Task RedisKilledWhileFilling_LosesNothingAndIsUsedAgainLater()
    {
        await using var consumer = await Start();
        await consumer.Loaded(registry.City);
        Assert.Equal(HealthStatus.Healthy, await consumer.Health("redis"));

        calls.Before = async method => { if (method == "ListCatalogItems") { calls.Before = _ => Task.CompletedTask; await redis.KillImmediate(); } };
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("NEW")));
        await consumer.Data.Refresh(registry.City);
        Assert.Equal((2, Items + 1), (consumer.Data.For(registry.City).CatalogVersion, consumer.Data.For(registry.City).ItemCodeCount));
        Assert.Equal(HealthStatus.Degraded, await consumer.Health("redis"));
        Assert.Equal(HealthStatus.Healthy, await consumer.Health("reference data"));

        await redis.StartAgain();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await consumer.Health("redis") != HealthStatus.Healthy || !client.IsConnected) await Task.Delay(100, patience.Token);
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("NEWER")));
        await consumer.Data.Refresh(registry.City);
        Assert.Equal(3, consumer.Data.For(registry.City).CatalogVersion);
        Assert.Single(Keys("catalog"));
    }

    [Fact]
    public async Task RedisThatIsAway_OnlyTakesLonger()
    {
        await redis.KillImmediate();
        await using var consumer = await Start(Options with { RedisAnswerLongest = TimeSpan.FromMilliseconds(300) });
        AssertWhole(await consumer.Loaded(registry.City));
    }

    [Fact]
    public async Task RedisThatNeverAnswers_OnlyTakesLonger()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        await using var consumer = await Start(Options with { RedisAnswerLongest = TimeSpan.FromMilliseconds(200) }, ($"127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}", "x"));
        AssertWhole(await consumer.Loaded(registry.City));
        Assert.Equal(HealthStatus.Degraded, await consumer.Health("redis"));
    }

    [Fact]
    public async Task RedisThatAnswersSlowly_IsNotWaitedForPageByPage()
    {
        await StartAndLoad();
        var before = Lists;
        await using var line = new SlowLine(redis.Port, TimeSpan.FromMilliseconds(400));
        await using var consumer = await Start(Options with { CacheWaitLongest = TimeSpan.FromMilliseconds(500) }, ($"127.0.0.1:{line.Port}", redis.Password));
        AssertWhole(await consumer.Loaded(registry.City));
        // Two pages took longer than all of them may; the providers' only page came in time.
        Assert.Equal(before + Pages, Lists);
    }

    [Fact]
    public async Task WrongPassword_OnlyTakesLonger()
    {
        await using var consumer = await Start(at: ($"{RedisServer.Host}:{redis.Port}", "not it"));
        AssertWhole(await consumer.Loaded(registry.City));
        Assert.Equal(HealthStatus.Degraded, await consumer.Health("redis"));
        Assert.Empty(Keys("*"));
    }

    [Theory]
    [InlineData("one bit")]
    [InlineData("cut off")]
    [InlineData("empty")]
    [InlineData("another page")]
    [InlineData("another secret")]
    [InlineData("another form")]
    [InlineData("number of pages")]
    public async Task ValueThatIsNotWhatWasWritten_IsDroppedAndReadFromTheRegistry(string how)
    {
        await StartAndLoad();
        var keys = Keys("catalog");
        Assert.Equal(Pages, keys.Length);
        var database = client.GetDatabase();
        var good = (byte[])database.StringGet(keys[1])!;
        var bad = (byte[])good.Clone();
        switch (how)
        {
            case "one bit": bad[^1] ^= 1; break;
            case "cut off": bad = good[..^20]; break;
            case "empty": bad = []; break;
            case "another page": bad = (byte[])database.StringGet(keys[2])!; break;
            case "another secret":
                var forged = new ListCatalogItemsReply { Item = { new CatalogItem { HilistCode = "C0", ListType = "101", ChrgitmLv = "01", MedChrgitmType = "09", FromOn = 20200101 } } };
                bad = CachedPage.Write(keys[1], Encoding.UTF8.GetBytes("guessed"), Pages, forged);
                break;
            case "another form": bad[3]++; break;
            case "number of pages": bad[39] = 1; break;
        }
        database.StringSet(keys[1], bad);

        var before = Lists;
        AssertWhole(await StartAndLoad());
        Assert.Equal(before + Pages, Lists);
        Assert.Equal(good, (byte[])database.StringGet(keys[1])!);
        AssertWhole(await StartAndLoad());
        Assert.Equal(before + Pages, Lists);
    }

    [Fact]
    public async Task PageThatIsGone_IsReadFromTheRegistry()
    {
        await StartAndLoad();
        client.GetDatabase().KeyDelete(Keys("catalog")[2]);
        AssertWhole(await StartAndLoad());
        Assert.Equal(Pages, Keys("catalog").Length);
    }

    [Fact]
    public async Task RegistryRestoredFromABackup_NeverMeetsItsFormerVersions()
    {
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("LOST")));
        Assert.NotNull((await StartAndLoad()).FindItem("LOST", Day).Row);

        await registry.LoseVersion("catalog_item", 2);
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("NEW")));
        var city = await StartAndLoad();
        Assert.Equal((2, true, true), (city.CatalogVersion, city.FindItem("LOST", Day).Row is null, city.FindItem("NEW", Day).Row is not null));
    }

    [Fact]
    public async Task ProviderChangedWhileItIsRead_IsNotKept()
    {
        var suspend = new SetAgreementStatusRequest { FixmedinsCode = Hospital, Status = AgreementStatus.Suspended, FromOn = 20260501, Reason = "检查" };
        calls.After = async method =>
        {
            if (method != "ListProviders") return;
            calls.After = _ => Task.CompletedTask;
            await registry.Client.SetAgreementStatusAsync(suspend, registry.Headers());
        };
        await using (var consumer = await Start())
        {
            Assert.Equal(1, (await consumer.Loaded(registry.City)).ProviderVersion);
            Assert.Empty(Keys("providers"));
            await consumer.Data.Refresh(registry.City);
            Assert.Equal(ProviderStanding.Suspended, consumer.Data.For(registry.City).FindProvider(Hospital)!.StandingOn(Day));
        }
        Assert.Equal(ProviderStanding.Suspended, (await StartAndLoad()).FindProvider(Hospital)!.StandingOn(Day));
        var before = Lists;
        Assert.Equal(ProviderStanding.Suspended, (await StartAndLoad()).FindProvider(Hospital)!.StandingOn(Day));
        Assert.Equal(before, Lists);
    }

    [Fact]
    public async Task ProcessKilledWhileFilling_HoldsTheOthersUpForABoundedTime()
    {
        await StartAndLoad();
        var first = Keys("catalog")[0];
        var database = client.GetDatabase();
        database.KeyDelete(first);
        // What a process that is no more has left: it will never fill, and its lock outlives everybody's patience.
        database.StringSet(first[..first.LastIndexOf(':')] + ":lock", "nobody", TimeSpan.FromHours(1));
        var before = Lists;
        await using (var consumer = await Start(Options with { CacheWaitLongest = TimeSpan.FromMilliseconds(300) })) AssertWhole(await consumer.Loaded(registry.City));
        Assert.Equal(before + Pages, Lists);
        Assert.False(database.KeyExists(first));

        // With an expiry as it is given, the next one fills when it has passed.
        database.StringSet(first[..first.LastIndexOf(':')] + ":lock", "nobody", TimeSpan.FromMilliseconds(500));
        AssertWhole(await StartAndLoad());
        Assert.True(database.KeyExists(first));
    }

    [Fact]
    public async Task Values_ExpireAndLeaveNoLock()
    {
        await StartAndLoad();
        Assert.Equal(Pages, Keys("catalog").Length);
        Assert.Single(Keys("providers"));
        Assert.All(Keys("*"), key => Assert.InRange(client.GetDatabase().KeyTimeToLive(key)!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24)));
    }
}
