using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Reporting.Facts;

/// <summary>A feed of a county is read from its start again, beside what readers see; it takes its place when it has caught up.</summary>
internal static class RebuildFeed
{
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "feed.unknown", "没有该数据来源或该县区", "there is no such feed of this county", "feed");
    public static readonly Refusal UnderWay = new(RefusalKind.Conflict, "feed.rebuild_under_way", "该数据来源正在重建", "the feed is being built anew already");
    public static readonly Refusal PersonMissing = new(RefusalKind.Invalid, "feed.by_missing", "须填写操作人和事由（各不超过200字）", "who asks and why are needed, of at most 200 characters each", "by");

    private const int TextMax = 200;

    /// <summary>In order: who and why; the feed and county; none under way.</summary>
    public static async Task<Outcome<Feed>> Run(ReportedCities cities, string city, Feeds feeds, string? feed, string? county, string? by, string? reason, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!IsText(by) || !IsText(reason)) return PersonMissing;
        if (Find(cities, city, feeds, feed, county) is not { } found) return Unknown;
        await using var connection = await cities.Database(city).OpenConnectionAsync(cancellation);
        return await FeedBuild.Begin(connection, null, found, county!, FeedBuild.Building, by!.Trim(), reason!.Trim(), now, cancellation) == 1 ? found : UnderWay;
    }

    /// <summary>Null: there is no such feed of this county.</summary>
    public static Feed? Find(ReportedCities cities, string city, Feeds feeds, string? feed, string? county) =>
        feeds.Find(feed ?? "") is { } found && (county == city ? found.IsOfCityToo : cities.CountiesOf(city).Any(c => c.Code == county)) ? found : null;

    private static bool IsText(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= TextMax && !text.Contains('\0', StringComparison.Ordinal);
}
