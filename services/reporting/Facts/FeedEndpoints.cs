using MedInsure.Kernel;

namespace MedInsure.Reporting.Facts;

/// <summary>Feeds for operators, under /reports/{city}/feeds.</summary>
internal static class FeedEndpoints
{
    internal sealed record RebuildOrder(string? By, string? Reason);

    public static void Map(RouteGroupBuilder city)
    {
        var feeds = city.MapGroup("/feeds");
        feeds.MapGet("", (string city, HttpContext http, ReportingDesk desk, Feeds all, TimeProvider time) => desk.Open(city, http, async request =>
            Results.Json(new { Feeds = await ListFeeds.Run(request.Database, all, time.GetUtcNow(), request.Cancellation) }, ReportingJson.Options)));
        feeds.MapPost("/{feed}/{county}/rebuild", (string city, string feed, string county, HttpContext http, ReportingDesk desk, ReportedCities cities, Feeds all, FeedWorker worker, TimeProvider time) => desk.Open(city, http, async request =>
        {
            var order = await request.Body<RebuildOrder>() ?? new RebuildOrder(null, null);
            var begun = await RebuildFeed.Run(cities, city, all, feed, county, order.By, order.Reason, time.GetUtcNow(), request.Cancellation);
            if (begun.Refusal is null) worker.Ring($"{city}/{county}/{feed}");
            return Answer(begun, county);
        }));
        feeds.MapDelete("/{feed}/{county}/rebuild", (string city, string feed, string county, HttpContext http, ReportingDesk desk, ReportedCities cities, Feeds all) => desk.Open(city, http, async request =>
            Answer(await CancelRebuild.Run(cities, city, all, feed, county, request.Cancellation), county)));
    }

    private static IResult Answer(Outcome<Feed> outcome, string county) => ReportingDesk.Answer<object>(outcome.Refusal is { } refusal ? refusal : new { Feed = outcome.Value.Name, County = county });
}
