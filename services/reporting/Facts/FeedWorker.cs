using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using MedInsure.Hosting.Jobs;
using Npgsql;

namespace MedInsure.Reporting.Facts;

/// <summary>Reads every feed of every county page by page, from time to time and again at once while there is more; builds feeds anew beside the current ones, and clears away what they replace.</summary>
internal sealed class FeedWorker(ReportedCities cities, Feeds feeds, TimeProvider time, ILogger<FeedWorker> log) : TenantWork(log, TimeSpan.FromSeconds(5))
{
    private const int RowsClearedAtOnce = 20_000, FailureMax = 300;

    /// <summary>How often a source counts what is behind, and looks at all it has for totals: at most a twentieth of the time that it takes.</summary>
    private static readonly TimeSpan CountPause = TimeSpan.FromSeconds(10), TotalsPause = TimeSpan.FromSeconds(10);

    private const int TotalsShare = 20;

    private static readonly Meter Meter = new("MedInsure.Reporting.Facts");
    private static readonly Counter<long> Read = Meter.CreateCounter<long>("medinsure.report_feed.events", "{event}", "Events read, by feed and county");
    private static readonly Gauge<long> Behind = Meter.CreateGauge<long>("medinsure.report_feed.behind", "{event}", "Events that the source has and the read model has not, by feed and county");
    private static readonly Gauge<long> Lag = Meter.CreateGauge<long>("medinsure.report_feed.lag", "s", "Age of the oldest event not read, by feed and county");

    private readonly Dictionary<(string City, string County, string Feed, int Build), (DateTimeOffset Counted, DateTimeOffset Due)> paces = [];
    private readonly Lock door = new();

    protected override IEnumerable<string> Tenants =>
        from city in cities.All.Keys from county in Counties(city) from feed in feeds.All where county != city || feed.IsOfCityToo select $"{city}/{county}/{feed.Name}";

    private IEnumerable<string> Counties(string city) => cities.CountiesOf(city).Select(c => c.Code).Append(city);

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        var parts = tenant.Split('/');
        return await Round(parts[0], parts[1], feeds.Find(parts[2])!, stop);
    }

    /// <summary>A page of each build of one feed and county.</summary>
    /// <returns>There is more at once.</returns>
    internal async Task<bool> Round(string city, string county, Feed feed, CancellationToken stop)
    {
        await using var connection = await cities.Database(city).OpenConnectionAsync(stop);
        // One process at a time reads a feed. It is the position that keeps facts right; this only saves reading twice.
        // A call that is broken off may have taken the lock: held until it is known that another process has it.
        var held = true;
        try
        {
            held = await One<bool>(connection, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", Key(county, feed), stop);
            if (!held) return false;
            var more = false;
            if ((await FeedBuild.List(connection, "WHERE feed = $1 AND county = $2 AND state = 'current'", stop, feed.Name, county)).Count == 0)
                await FeedBuild.Begin(connection, null, feed, county, FeedBuild.Current, "系统", "首次读取", time.GetUtcNow(), stop);
            foreach (var build in await FeedBuild.List(connection, "WHERE feed = $1 AND county = $2 AND state IN ('current', 'building') ORDER BY build", stop, feed.Name, county)) more |= await Page(connection, city, feed, build, stop);
            return await Clear(connection, county, feed, stop) || more;
        }
        finally
        {
            if (held && connection.State == System.Data.ConnectionState.Open) await One<bool>(connection, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", Key(county, feed), CancellationToken.None);
        }
    }

    private static string Key(string county, Feed feed) => $"reporting feed {feed.Name} {county}";

    private async Task<bool> Page(NpgsqlConnection connection, string city, Feed feed, FeedBuild build, CancellationToken stop)
    {
        var (key, now) = ((city, build.County, feed.Name, build.Build), time.GetUtcNow());
        (DateTimeOffset Counted, DateTimeOffset Due) pace;
        lock (door) pace = paces.GetValueOrDefault(key);
        if (feed.IsOfTotals && now < pace.Due) return false;
        var count = now - pace.Counted >= CountPause;
        var clock = Stopwatch.StartNew();
        FeedPage page;
        try { page = await feed.Read(build.County, build.Position, count, stop); }
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            await Fail(connection, build, e, stop);
            throw;
        }
        lock (door) paces[key] = (count ? now : pace.Counted, now + Max(TotalsPause, TotalsShare * clock.Elapsed));
        // What was read stays told when nothing is new: a write every five seconds for each feed is not worth it, every ten is.
        if (!TakePage.IsMove(build.Position, page.Next) && build is { Behind: 0, Failure: "", ReadAt: { } read, State: FeedBuild.Current } && !page.More && now - read < CountPause) return false;
        if (!await TakePage.Run(connection, build, page, now, stop)) return true;
        var tags = new TagList { { "feed", feed.Name }, { "county", build.County } };
        if (build.State == FeedBuild.Current)
        {
            Read.Add(page.Events, tags);
            Behind.Record(page.More ? Math.Max(1, page.Behind ?? build.Behind - page.Events) : 0, tags);
            Lag.Record(page.More && page.BehindSince is { } since ? Math.Max(0, (long)(now - since).TotalSeconds) : 0, tags);
        }
        return page.More;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private async Task Fail(NpgsqlConnection connection, FeedBuild build, Exception failure, CancellationToken stop)
    {
        var said = failure is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : $"{failure.GetType().Name}: {failure.Message}";
        await using var command = new NpgsqlCommand("UPDATE feed_build SET failing_since = coalesce(failing_since, $4), failure = $5 WHERE feed = $1 AND county = $2 AND build = $3 AND failure <> $5", connection);
        foreach (var value in (object[])[build.Feed, build.County, build.Build, time.GetUtcNow().UtcDateTime, said.Length > FailureMax ? said[..FailureMax] : said]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(stop);
        // What is not asked is not known to be there either: it is behind since it was last read.
        if (build.State == FeedBuild.Current)
            Lag.Record(Math.Max(0, (long)(time.GetUtcNow() - (build.BehindSince ?? build.ReadAt ?? build.BegunAt)).TotalSeconds), new TagList { { "feed", build.Feed }, { "county", build.County } });
    }

    /// <summary>Facts of a build that nobody reads any more go a part at a time, the build's own row last.</summary>
    /// <returns>There are more.</returns>
    private static async Task<bool> Clear(NpgsqlConnection connection, string county, Feed feed, CancellationToken stop)
    {
        foreach (var build in await FeedBuild.List(connection, "WHERE feed = $1 AND county = $2 AND state IN ('replaced', 'cancelled') ORDER BY build LIMIT 1", stop, feed.Name, county))
        {
            foreach (var table in feed.Tables)
                if (await Run(connection, $"DELETE FROM {table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM {table} WHERE county = $1 AND build = $2 LIMIT {RowsClearedAtOnce}))", stop, county, build.Build) > 0) return true;
            await Run(connection, "DELETE FROM feed_build WHERE feed = $1 AND county = $2 AND build = $3 AND state IN ('replaced', 'cancelled')", stop, feed.Name, county, build.Build);
            return true;
        }
        return false;
    }

    private static async Task<int> Run(NpgsqlConnection connection, string sql, CancellationToken stop, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(stop);
    }

    private static async Task<T> One<T>(NpgsqlConnection connection, string sql, string value, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = value } } };
        return (T)(await command.ExecuteScalarAsync(stop))!;
    }
}
