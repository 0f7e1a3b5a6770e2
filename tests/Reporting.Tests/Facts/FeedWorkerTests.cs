using MedInsure.Reporting.Facts;
using Npgsql;

namespace MedInsure.Reporting.Tests.Facts;

/// <summary>Whatever ends a reading process, at whatever moment, and however many there are: the facts are those of a build from scratch.</summary>
[Trait("Category", "Crash")]
[Collection("reporting")]
public sealed class FeedWorkerTests(ReportingFixture fixture) : IAsyncLifetime
{
    private FeedDesk desk = null!;

    public async Task InitializeAsync() => desk = await FeedDesk.Start(fixture);
    public async Task DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task KilledAgainAndAgain_WithTwoReplicas_EqualsABuildFromScratch()
    {
        var source = desk.Sources[desk.Host.First];
        desk.Sources.PageMax = 7;
        source.Live(60);
        for (var life = 0; life < 8; life++)
        {
            var before = await Events();
            var workers = new[] { desk.Worker(), desk.Worker() };
            foreach (var worker in workers) await worker.StartAsync(default);
            source.Live(30);
            // It dies when it has read something, in the middle of whatever comes next.
            while (await Events() < before + 20) await Task.Delay(5);
            await Kill();
            foreach (var worker in workers)
            {
                await worker.StopAsync(default);
                worker.Dispose();
            }
            desk.Host.Clock.Now = desk.Host.Clock.Now.AddMinutes(30); // totals are looked at again
        }
        await desk.DrainAll();
        Assert.Equal(source.ClaimCount, await desk.Host.Sql<long>($"SELECT count(*) FROM claim WHERE county = '{desk.Host.First}'"));
        foreach (var feed in desk.Feeds.All)
        {
            var read = await desk.Facts(feed);
            Assert.NotEmpty(read);
            Assert.Null((await RebuildFeed.Run(Cities, desk.Host.City.Code, desk.Feeds, feed.Name, desk.Host.First, "甲", "核对", desk.Host.Clock.Now, default)).Refusal);
            await desk.Drain(feed.Name);
            var rebuilt = await desk.Facts(feed);
            Assert.True(read.SequenceEqual(rebuilt), $"{feed.Name}: only read: {string.Join("; ", read.Except(rebuilt).Take(3))}; only rebuilt: {string.Join("; ", rebuilt.Except(read).Take(3))}");
            Assert.Equal(2, await desk.Host.Sql<int>($"SELECT max(build) FROM feed_build WHERE feed = '{feed.Name}' AND county = '{desk.Host.First}' AND state = 'current'"));
        }
        Assert.Equal(0, await desk.Host.Sql<long>($"SELECT count(*) FROM claim_fact WHERE build = 1 AND county = '{desk.Host.First}'"));
    }

    [Fact]
    public async Task OfACity_ItsOwnLedgerAlone_AndEachCountyItsOwn()
    {
        desk.Sources[desk.Host.City.Code].Live(2);
        desk.Sources[desk.Host.First].Live(3);
        desk.Sources[desk.Host.Second].Live(5);
        await desk.Drain("vouchers", desk.Host.City.Code);
        await desk.DrainAll();
        await desk.DrainAll(desk.Host.Second);
        Assert.Equal(2L, await desk.Host.Sql<long>($"SELECT count(DISTINCT voucher_no) FROM ledger_entry WHERE county = '{desk.Host.City.Code}'"));
        Assert.Equal(3L, await desk.Host.Sql<long>($"SELECT count(*) FROM income WHERE county = '{desk.Host.First}'"));
        Assert.Equal(5L, await desk.Host.Sql<long>($"SELECT count(*) FROM income WHERE county = '{desk.Host.Second}'"));
    }

    [Fact]
    public async Task Reversal_IsARowThatTakesBack_AndAMergeMovesWhatCameBeforeIt()
    {
        desk.Sources[desk.Host.First].Live(200);
        await desk.Drain("claims");
        Assert.Equal(0L, await desk.Host.Sql<long>("SELECT count(*) FROM claim r JOIN claim s ON s.county = r.county AND s.setl_id = r.root_setl_id WHERE r.kind = 'reversed' AND (r.visits <> -1 OR s.visits <> 1 OR r.total_fen <> -s.total_fen)"));
        Assert.True(await desk.Host.Sql<long>("SELECT count(*) FROM claim WHERE kind = 'reversed'") > 0);
        Assert.True(await desk.Host.Sql<long>("SELECT count(*) FROM claim WHERE psn_no ~ '^P10[0-9]$'") > 0);
        Assert.Equal(await desk.Host.Sql<decimal>("SELECT sum(basic_fund_fen) FROM claim"), await desk.Host.Sql<decimal>("SELECT sum(amount_fen) FROM claim_share"));
        Assert.Equal(1, await desk.Host.Sql<int>("SELECT min(bed_days) FROM claim WHERE kind = 'settled'"));
    }

    private ReportedCities Cities => (ReportedCities)desk.Host.Services.GetService(typeof(ReportedCities))!;

    private Task<long> Events() => desk.Host.Sql<long>("SELECT coalesce(sum(events), 0)::bigint FROM feed_build");

    /// <summary>As the end of the processes looks to the database: every connection is cut, whatever it was doing.</summary>
    private async Task Kill()
    {
        await using var admin = new NpgsqlConnection(fixture.Server.AdminConnectionString);
        await admin.OpenAsync();
        await using var kill = new NpgsqlCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", admin) { Parameters = { new() { Value = new NpgsqlConnectionStringBuilder(desk.Host.Database.ConnectionString).Database! } } };
        await kill.ExecuteNonQueryAsync();
    }
}
