using MedInsure.Kernel;
using MedInsure.Protos.Reporting.V1;
using Npgsql;

namespace MedInsure.Reporting.Facts;

/// <summary>How current each feed of each county is, and what is built anew.</summary>
internal static class ListFeeds
{
    public static async Task<List<FeedStatus>> Run(NpgsqlDataSource database, Feeds feeds, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await FeedStatus.Read(connection, feeds, now, cancellation);
    }

    public static ListFeedsReply Told(IEnumerable<FeedStatus> feeds)
    {
        var reply = new ListFeedsReply();
        reply.Feed.AddRange(feeds.Select(Told));
        return reply;
    }

    private static ReportFeedStatus Told(FeedStatus f)
    {
        var told = new ReportFeedStatus
        {
            Feed = f.Feed, Name = f.Name, County = f.County, Seq = f.Seq, AtSeq = f.AtSeq, Behind = f.Behind, LagSeconds = f.LagSeconds, Events = f.Events, ReadAtMs = Ms(f.ReadAt), MovedAtMs = Ms(f.MovedAt), Complete = f.Complete,
            Failure = f.Failure, FailingSinceMs = Ms(f.FailingSince),
        };
        if (f.Rebuild is { } r) told.Rebuild = new FeedRebuild { Build = r.Build, Events = r.Events, Behind = r.Behind, Permille = r.Permille, AskedBy = r.AskedBy, Reason = r.Reason, BegunAtMs = Ms(r.BegunAt), Failure = r.Failure };
        return told;
    }

    private static long Ms(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? 0;
}
