using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Reporting.Facts;

/// <summary>A rebuild is given up: what readers see was never touched, what was built goes.</summary>
internal static class CancelRebuild
{
    public static readonly Refusal NotUnderWay = new(RefusalKind.Conflict, "feed.rebuild_not_under_way", "该数据来源没有正在进行的重建", "the feed is not being built anew");

    public static async Task<Outcome<Feed>> Run(ReportedCities cities, string city, Feeds feeds, string? feed, string? county, CancellationToken cancellation)
    {
        if (RebuildFeed.Find(cities, city, feeds, feed, county) is not { } found) return RebuildFeed.Unknown;
        await using var command = cities.Database(city).CreateCommand("UPDATE feed_build SET state = 'cancelled' WHERE feed = $1 AND county = $2 AND state = 'building'");
        foreach (var value in (object[])[found.Name, county!]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation) == 1 ? found : NotUnderWay;
    }
}
