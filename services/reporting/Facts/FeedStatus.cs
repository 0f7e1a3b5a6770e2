using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Reporting.Facts;

/// <summary>How current what reports read of a feed and county is.</summary>
/// <param name="Behind">Events that the source has and readers do not see.</param>
/// <param name="LagSeconds">Age of the oldest of them; where the source does not answer, since when it has not.</param>
/// <param name="ReadAt">When the source last answered; null: never.</param>
/// <param name="Complete">It was read to its end once: false while a county's first reading goes on.</param>
internal sealed record FeedStatus(string Feed, string Name, string County, long Seq, long AtSeq, long Behind, long LagSeconds, long Events, DateTimeOffset? ReadAt, DateTimeOffset? MovedAt, bool Complete, string Failure, DateTimeOffset? FailingSince, RebuildStatus? Rebuild)
{
    /// <param name="names">Of feeds; none: all.</param>
    public static async Task<List<FeedStatus>> Read(NpgsqlConnection connection, Feeds feeds, DateTimeOffset now, CancellationToken cancellation, params string[] names)
    {
        var builds = await FeedBuild.List(connection, "WHERE state IN ('current', 'building') AND (cardinality($1) = 0 OR feed = ANY ($1)) ORDER BY county, feed, build", cancellation, (object)names);
        var building = builds.Where(b => b.State == FeedBuild.Building).ToDictionary(b => (b.County, b.Feed));
        return [.. builds.Where(b => b.State == FeedBuild.Current).Select(b => Of(b, building.GetValueOrDefault((b.County, b.Feed)), feeds, now))];
    }

    private static FeedStatus Of(FeedBuild b, FeedBuild? rebuilt, Feeds feeds, DateTimeOffset now)
    {
        // The oldest event that waits, or the silence of the source: who knows nothing of it cannot say that nothing waits.
        var since = b.BehindSince ?? (b.FailingSince is null ? null : b.ReadAt ?? b.BegunAt);
        return new FeedStatus(b.Feed, feeds.Find(b.Feed)?.Zh ?? b.Feed, b.County, b.Position.Seq, b.AtSeq, b.Behind, since is { } s ? Math.Max(0, (long)(now - s).TotalSeconds) : 0, b.Events, b.ReadAt, b.MovedAt,
            b.CaughtUpAt is not null, b.Failure, b.FailingSince, rebuilt is null ? null : RebuildStatus.Of(rebuilt));
    }
}

/// <summary>A build beside the current one.</summary>
/// <param name="Permille">Of the events, as far as known.</param>
internal sealed record RebuildStatus(int Build, long Events, long Behind, int Permille, string AskedBy, string Reason, DateTimeOffset BegunAt, string Failure)
{
    public static RebuildStatus Of(FeedBuild b) =>
        new(b.Build, b.Events, b.Behind, b.ReadAt is null ? 0 : b.Behind == 0 ? 1000 : (int)Math.Min(999, b.Events * 1000 / Math.Max(1, b.Events + b.Behind)), b.AskedBy, b.Reason, b.BegunAt, b.Failure);
}
