using MedInsure.Protos.Reporting.V1;
using MedInsure.Reporting.Facts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MedInsure.Reporting.Tests.Facts;

/// <summary>A city whose feeds a test reads step by step, from sources that it writes.</summary>
internal sealed class FeedDesk : IAsyncDisposable
{
    private FeedDesk(ReportingHost host, FeedSources sources) => (Host, Sources) = (host, sources);

    public ReportingHost Host { get; }
    public FeedSources Sources { get; }
    public Feeds Feeds => Host.Services.GetRequiredService<Feeds>();

    public static async Task<FeedDesk> Start(ReportingFixture fixture)
    {
        var sources = await FeedSources.Start();
        return new FeedDesk(await fixture.Start(sources.Address), sources);
    }

    /// <summary>Another replica.</summary>
    public FeedWorker Worker() => new(Host.Services.GetRequiredService<ReportedCities>(), Feeds, Host.Clock, NullLogger<FeedWorker>.Instance);

    public Task<bool> Page(string feed, string? county = null, FeedWorker? worker = null) => (worker ?? Host.Services.GetRequiredService<FeedWorker>()).Round(Host.City.Code, county ?? Host.First, Feeds.Find(feed)!, default);

    /// <summary>Reads until nothing is left.</summary>
    public async Task Drain(string feed, string? county = null)
    {
        while (await Page(feed, county)) { }
    }

    public async Task DrainAll(string? county = null)
    {
        foreach (var feed in Feeds.All) await Drain(feed.Name, county);
    }

    public async Task<ReportFeedStatus> Status(string feed, string? county = null) =>
        (await Host.Client.ListFeedsAsync(new ListFeedsRequest(), Host.Headers())).Feed.Single(f => f.Feed == feed && f.County == (county ?? Host.First));

    /// <summary>All facts of a feed, table by table, but the number of their build.</summary>
    public async Task<List<string>> Facts(Feed feed, string? county = null)
    {
        var rows = new List<string>();
        foreach (var table in feed.Tables)
        {
            await using var command = Host.Database.CreateCommand($"SELECT '{table} ' || (to_jsonb(f) - 'build')::text FROM {table} f JOIN feed_build b USING (county, build) WHERE b.feed = $1 AND b.state = 'current' AND county = $2 ORDER BY (to_jsonb(f) - 'build')::text COLLATE \"C\"");
            command.Parameters.Add(new NpgsqlParameter { Value = feed.Name });
            command.Parameters.Add(new NpgsqlParameter { Value = county ?? Host.First });
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        }
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Sources.DisposeAsync();
    }
}
