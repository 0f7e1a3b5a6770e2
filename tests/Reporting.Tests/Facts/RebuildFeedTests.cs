using System.Net;
using Grpc.Core;
using MedInsure.Protos.Reporting.V1;

namespace MedInsure.Reporting.Tests.Facts;

[Trait("Category", "Storage")]
[Collection("reporting")]
public sealed class RebuildFeedTests(ReportingFixture fixture) : IAsyncLifetime
{
    private FeedDesk desk = null!;

    public async Task InitializeAsync()
    {
        desk = await FeedDesk.Start(fixture);
        desk.Sources[desk.Host.First].Live(40);
    }

    public async Task DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task Rebuild_IsSeenOnlyWhenItHasCaughtUp()
    {
        await desk.Drain("incomes");
        // Facts that are wrong: what a rebuild is for.
        await using (var damage = desk.Host.Database.CreateCommand("UPDATE income_fact SET amount_fen = 0")) await damage.ExecuteNonQueryAsync();
        await Rebuild("incomes");
        desk.Sources.PageMax = 10;
        Assert.True(await desk.Page("incomes"));
        var rebuild = (await desk.Status("incomes")).Rebuild;
        Assert.Equal((2, 10L, 30L, 250, "甲", "核对"), (rebuild.Build, rebuild.Events, rebuild.Behind, rebuild.Permille, rebuild.AskedBy, rebuild.Reason));
        Assert.Equal((40L, 0m), (await desk.Host.Sql<long>("SELECT count(*) FROM income"), await desk.Host.Sql<decimal>("SELECT sum(amount_fen) FROM income")));
        desk.Sources[desk.Host.First].Live(5); // goes on meanwhile
        await desk.Drain("incomes");
        Assert.Null((await desk.Status("incomes")).Rebuild);
        Assert.Equal(45L, await desk.Host.Sql<long>("SELECT count(*) FROM income WHERE amount_fen > 0"));
        Assert.Equal(45L, await desk.Host.Sql<long>("SELECT count(*) FROM income_fact"));
    }

    [Fact]
    public async Task WhoAndWhy_WhichFeed_NoneUnderWay_AreChecked()
    {
        await desk.Drain("claims");
        Assert.Equal("feed.by_missing", await Refused("claims", desk.Host.First, by: " "));
        Assert.Equal("feed.by_missing", await Refused("claims", desk.Host.First, reason: new string('长', 201)));
        Assert.Equal("feed.unknown", await Refused("nothing", desk.Host.First));
        Assert.Equal("feed.unknown", await Refused("claims", "999901"));
        Assert.Equal("feed.unknown", await Refused("claims", desk.Host.City.Code)); // a city has a ledger alone
        await Rebuild("claims");
        Assert.Equal("feed.rebuild_under_way", await Refused("claims", desk.Host.First));
        Assert.Equal((HttpStatusCode.OK, "vouchers"), await Posted("vouchers"));

        async Task<(HttpStatusCode, string?)> Posted(string feed)
        {
            var (status, body) = await desk.Host.Post($"/feeds/{feed}/{desk.Host.City.Code}/rebuild", new { by = "甲", reason = "核对" });
            return (status, body.GetProperty("feed").GetString());
        }
    }

    private async Task Rebuild(string feed) => await desk.Host.Client.RebuildFeedAsync(new RebuildFeedRequest { Feed = feed, County = desk.Host.First, By = "甲", Reason = "核对" }, desk.Host.Headers());

    private async Task<string?> Refused(string feed, string county, string by = "甲", string reason = "核对")
    {
        var (status, body) = await desk.Host.Post($"/feeds/{feed}/{county}/rebuild", new { by, reason });
        Assert.NotEqual(HttpStatusCode.OK, status);
        return body.GetProperty("code").GetString();
    }
}
