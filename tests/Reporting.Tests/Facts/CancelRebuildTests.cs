using System.Net;
using MedInsure.Protos.Reporting.V1;

namespace MedInsure.Reporting.Tests.Facts;

[Trait("Category", "Storage")]
[Collection("reporting")]
public sealed class CancelRebuildTests(ReportingFixture fixture) : IAsyncLifetime
{
    private FeedDesk desk = null!;

    public async Task InitializeAsync() => desk = await FeedDesk.Start(fixture);
    public async Task DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task CancelledOnTheWay_WhatWasBuiltGoes_WhatReadersSeeStays()
    {
        desk.Sources[desk.Host.First].Live(30);
        await desk.Drain("vouchers");
        var before = await desk.Facts(desk.Feeds.Find("vouchers")!);
        await desk.Host.Client.RebuildFeedAsync(new RebuildFeedRequest { Feed = "vouchers", County = desk.Host.First, By = "甲", Reason = "核对" }, desk.Host.Headers());
        desk.Sources.PageMax = 10;
        await desk.Page("vouchers");
        Assert.Equal(20L, await desk.Host.Sql<long>("SELECT count(*) FROM entry_fact WHERE build = 2"));
        await desk.Host.Client.CancelRebuildAsync(new CancelRebuildRequest { Feed = "vouchers", County = desk.Host.First }, desk.Host.Headers());
        await desk.Drain("vouchers");
        Assert.Equal(0L, await desk.Host.Sql<long>("SELECT count(*) FROM entry_fact WHERE build = 2"));
        Assert.Equal(1L, await desk.Host.Sql<long>("SELECT count(*) FROM feed_build"));
        Assert.Equal(before, await desk.Facts(desk.Feeds.Find("vouchers")!));
        using var answer = await desk.Host.Http.DeleteAsync($"/reports/{desk.Host.City.Code}/feeds/vouchers/{desk.Host.First}/rebuild");
        Assert.Equal((HttpStatusCode.Conflict, true), (answer.StatusCode, (await answer.Content.ReadAsStringAsync()).Contains("feed.rebuild_not_under_way", StringComparison.Ordinal)));
    }
}
