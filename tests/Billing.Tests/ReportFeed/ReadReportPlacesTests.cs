using Grpc.Core;
using MedInsure.Billing.Dunning;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.ReportFeed;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class ReadReportPlacesTests(BillingFixture fixture) : IAsyncLifetime
{
    private BillingHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(workers: false);
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task CopyThenChanges_TellEveryPlace_WhatChangesMeanwhileToo()
    {
        await State("101", "F1", "F2", "F3");
        var first = await Read(new() { Copy = true, Max = 2 });
        Assert.Equal((true, 1L, 3L), (first.More, first.Behind, first.AtNo));
        await State("102", "F1");
        var second = await Read(new() { Copy = true, AfterHouseholdNo = first.Place[^1].HouseholdNo, Max = 2 });
        Assert.False(second.More);
        Assert.Equal(["F1", "F2", "F3"], first.Place.Concat(second.Place).Select(p => p.HouseholdNo));
        var changes = await Read(new() { AfterNo = first.AtNo, Max = 10 });
        Assert.Equal(("F1", "102", "v102"), (Assert.Single(changes.Place).HouseholdNo, changes.Place[0].Township, changes.Place[0].Village));
        await State("102", "F1"); // said again: nothing changed
        Assert.Equal((changes.ReadNo, 0), ((await Read(new() { AfterNo = changes.ReadNo, Max = 10 })).AtNo, (await Read(new() { AfterNo = changes.ReadNo, Max = 10 })).Place.Count));
    }

    [Fact]
    public async Task StatedAtOnce_NumbersFollowTheCommits()
    {
        var stating = Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => State("101", $"A{i}", $"B{i}"))));
        var (read, no) = (new List<string>(), 0L);
        for (var done = false; !done;)
        {
            done = stating.IsCompleted;
            var page = await Read(new() { AfterNo = no, Max = 3 });
            Assert.Equal(page.Behind > 0, page.BehindSinceMs > 0);
            no = page.ReadNo;
            read.AddRange(page.Place.Select(p => p.HouseholdNo));
            done &= !page.More && page.Place.Count == 0;
        }
        await stating;
        Assert.Equal((40, 40, 40L), (read.Count, read.Distinct().Count(), no));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 5_001)]
    public async Task PageThatIsNone_IsRefused(long after, int max) => Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => Read(new() { AfterNo = after, Max = max }))).StatusCode);

    private async Task State(string township, params string[] households) =>
        Assert.Null((await StateHouseholdPlaces.Execute(host.Database, new StateHouseholdPlaces.Order("钱经办", [.. households.Select(h => new StateHouseholdPlaces.Place(h, township, "v" + township))]), host.Clock.Now, default)).Refusal);

    private async Task<ReadReportPlacesReply> Read(ReadReportPlacesRequest request) => await host.Feed.ReadReportPlacesAsync(request, host.Headers());
}
