using System.Net;
using Grpc.Core;
using MedInsure.Protos.Reporting.V1;

namespace MedInsure.Reporting.Tests.Facts;

[Trait("Category", "Storage")]
[Collection("reporting")]
public sealed class ListFeedsTests(ReportingFixture fixture) : IAsyncLifetime
{
    private FeedDesk desk = null!;

    public async Task InitializeAsync() => desk = await FeedDesk.Start(fixture);
    public async Task DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task FeedBehind_SaysByHowMuch_SinceWhen_AndThatItIsNotComplete()
    {
        desk.Sources[desk.Host.First].Live(50);
        desk.Sources.PageMax = 5;
        Assert.True(await desk.Page("claims"));
        var status = await desk.Status("claims");
        Assert.Equal((45L, false, "结算"), (status.Behind, status.Complete, status.Name));
        // Since the first day of the sources, 21 days and two hours before the clock.
        Assert.Equal((long)(desk.Host.Clock.Now - DateTimeOffset.FromUnixTimeMilliseconds(SourceCounty.StartMs)).TotalSeconds, status.LagSeconds);
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddSeconds(30);
        Assert.Equal(status.LagSeconds + 30, (await desk.Status("claims")).LagSeconds);

        await desk.Drain("claims");
        status = await desk.Status("claims");
        Assert.Equal((0L, 0L, true, status.AtSeq), (status.Behind, status.LagSeconds, status.Complete, status.Seq));
        Assert.Equal(desk.Host.Clock.Now.ToUnixTimeMilliseconds(), status.ReadAtMs);
    }

    [Fact]
    public async Task SourceThatIsAway_IsToldWithTheAgeOfWhatWasRead()
    {
        desk.Sources[desk.Host.First].Live(3);
        await desk.Drain("incomes");
        desk.Sources.Away = new RpcException(new Status(StatusCode.FailedPrecondition, "维护中"));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddMinutes(7);
        await Assert.ThrowsAsync<RpcException>(() => desk.Page("incomes"));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddMinutes(3);
        var status = await desk.Status("incomes");
        Assert.Equal(("FailedPrecondition: 维护中", 600L, true), (status.Failure, status.LagSeconds, status.Complete));
        Assert.Equal(desk.Host.Clock.Now.AddMinutes(-3).ToUnixTimeMilliseconds(), status.FailingSinceMs);
        desk.Sources.Away = null;
        await desk.Page("incomes");
        Assert.Equal(("", 0L), ((await desk.Status("incomes")).Failure, (await desk.Status("incomes")).LagSeconds));
    }

    [Fact]
    public async Task Operators_SeeTheSame_NobodyElse()
    {
        desk.Sources[desk.Host.First].Live(1);
        await desk.Drain("persons");
        var (status, body) = await desk.Host.Get("/feeds");
        Assert.Equal(HttpStatusCode.OK, status);
        var feed = body.GetProperty("feeds").EnumerateArray().Single();
        Assert.Equal(("persons", desk.Host.First, 0), (feed.GetProperty("feed").GetString(), feed.GetProperty("county").GetString(), feed.GetProperty("behind").GetInt32()));
        using var anybody = new HttpClient { BaseAddress = desk.Host.Http.BaseAddress };
        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.GetAsync($"/reports/{desk.Host.City.Code}/feeds")).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await desk.Host.Client.ListFeedsAsync(new ListFeedsRequest(), desk.Host.Headers("999900")))).StatusCode);
    }
}
