using Grpc.Core;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>A contract's stream over the wire: where it begins, that it goes on, how it ends.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class StreamClaimsTests(SharedInsurerHost shared) : IClassFixture<SharedInsurerHost>, IAsyncLifetime
{
    private readonly InsurerHost host = shared.Host;

    public Task InitializeAsync() => host.Forget();
    public Task DisposeAsync() => Task.CompletedTask;

    private async Task Told(int count, string? county = null)
    {
        var before = (await host.Feed(InsurerHost.Illness)).Count;
        await host.Tell([.. Enumerable.Range(0, count).Select(_ => host.Settled(county))]);
        await host.Fed(InsurerHost.Illness, before + count);
    }

    private async Task Acknowledge(long cursor) => await host.Client.AcknowledgeClaimsAsync(new AcknowledgeClaimsRequest { ContractNo = InsurerHost.Illness, Cursor = cursor }, host.Key.Calls());

    [Fact]
    public async Task Events_ComeInOrderWithThoseToCome()
    {
        await Told(3);
        using var call = host.Open(InsurerHost.Illness);
        Assert.Equal([1, 2, 3], (await InsurerHost.Take(call, 3)).Select(e => e.Cursor));
        var next = InsurerHost.Take(call, 1);
        await Told(1, host.Counties[1]);
        Assert.Equal((4, InsurerHost.Illness, host.Counties[1]), (await next) is [var e] ? (e.Cursor, e.ContractNo, e.County) : default);
        await Told(1);
        Assert.Equal(5, Assert.Single(await InsurerHost.Take(call, 1)).Cursor);
    }

    [Fact]
    public async Task StreamOfNothingYet_IsOpenAndWaits()
    {
        using var call = host.Open(InsurerHost.Illness);
        await call.ResponseHeadersAsync;
        var first = InsurerHost.Take(call, 1);
        Assert.False(first.IsCompleted);
        await Told(1);
        Assert.Equal(1, Assert.Single(await first).Cursor);
    }

    [Theory]
    [InlineData(null, 5)] // after the acknowledged one
    [InlineData(0L, 1)]
    [InlineData(3L, 4)]
    [InlineData(7L, 8)]
    public async Task Begin_IsWhereTheClientSays(long? after, long first)
    {
        await Told(10);
        await Acknowledge(4);
        using var call = host.Open(InsurerHost.Illness, after);
        Assert.Equal(Enumerable.Range((int)first, 11 - (int)first).Select(i => (long)i), (await InsurerHost.Take(call, 11 - (int)first)).Select(e => e.Cursor));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task CursorThatNoEventHas_IsRefused(long after)
    {
        await Told(10);
        Assert.Equal((StatusCode.InvalidArgument, "stream.cursor_unknown"), await InsurerHost.Refused(() => InsurerHost.Take(host.Open(InsurerHost.Illness, after), 1)));
    }

    [Fact]
    public async Task ClientAtTheEnd_HearsOnlyWhatComes()
    {
        await Told(2);
        using var call = host.Open(InsurerHost.Illness, 2);
        await call.ResponseHeadersAsync;
        await Told(1);
        Assert.Equal(3, Assert.Single(await InsurerHost.Take(call, 1)).Cursor);
    }

    [Fact]
    public async Task ManyStreamsOfOneContract_EachGetsAll()
    {
        var calls = Enumerable.Range(0, 20).Select(_ => host.Open(InsurerHost.Illness, 0)).ToList();
        var takers = calls.ConvertAll(c => InsurerHost.Take(c, 600));
        await Told(600); // more than a page
        foreach (var events in await Task.WhenAll(takers)) Assert.Equal(Enumerable.Range(1, 600).Select(i => (long)i), events.Select(e => e.Cursor));
        calls.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task StreamsOfTwoContracts_AreApart()
    {
        await host.Tell(host.Settled(insutype: "310"), host.Settled(), host.Settled(insutype: "310"));
        await host.Fed(InsurerHost.OtherIllness, 2);
        using var employees = host.Open(InsurerHost.OtherIllness);
        using var residents = host.Open(InsurerHost.Illness);
        Assert.Equal([(1, "310"), (2, "310")], (await InsurerHost.Take(employees, 2)).Select(e => (e.Cursor, e.Insutype)));
        Assert.Equal([(1, "390")], (await InsurerHost.Take(residents, 1)).Select(e => (e.Cursor, e.Insutype)));
    }

    [Fact]
    public async Task TokenThatExpires_EndsTheStream()
    {
        await Told(1);
        // Good for two seconds more, its half minute of skew included.
        using var call = host.Open(InsurerHost.Illness, headers: host.Key.Calls(host.Key.Token(TimeProvider.System.GetUtcNow().AddSeconds(-58), TimeSpan.FromSeconds(30))));
        Assert.Single(await InsurerHost.Take(call, 1));
        Assert.Equal((StatusCode.Unauthenticated, "auth.token_expired"), await InsurerHost.Refused(() => InsurerHost.Take(call, 1)));
        using var again = host.Open(InsurerHost.Illness);
        Assert.Equal(1, Assert.Single(await InsurerHost.Take(again, 1)).Cursor);
    }

    [Fact]
    public async Task ServerThatStops_SaysUnavailableAndGoesOnAfterwards()
    {
        await Told(2);
        using var call = host.Open(InsurerHost.Illness);
        Assert.Equal(2, (await InsurerHost.Take(call, 2)).Count);
        var waiting = InsurerHost.Refused(() => InsurerHost.Take(call, 1));
        await host.Restart();
        Assert.Equal((StatusCode.Unavailable, "service.unavailable"), await waiting);
        await Told(1);
        using var again = host.Open(InsurerHost.Illness, 2);
        Assert.Equal(3, Assert.Single(await InsurerHost.Take(again, 1)).Cursor);
    }

    [Fact]
    public async Task ClientThatCancels_LeavesNothingBehind()
    {
        using (var source = new CancellationTokenSource())
        {
            using var call = host.Open(InsurerHost.Illness, cancellation: source.Token);
            await call.ResponseHeadersAsync;
            var waiting = InsurerHost.Take(call, 1);
            await source.CancelAsync();
            Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => waiting)).StatusCode);
        }
        // The server stops at once: no stream holds it up.
        await host.Restart();
        await Told(1);
    }
}
