using MedInsure.Hosting.Web;

namespace MedInsure.Reporting.Snapshots;

/// <summary>Snapshots over HTTP, for operators, under /reports/{city}.</summary>
internal static class SnapshotEndpoints
{
    private const int PageDefault = 100;

    public static void Map(RouteGroupBuilder city)
    {
        city.MapGet("/snapshots", List);
        city.MapGet("/snapshots/{number:long}", Document);
    }

    private static Task<IResult> List(string city, HttpContext http, ReportingDesk desk) => desk.Open(city, http, async request =>
        ReportingDesk.Answer(await ListSnapshots.Run(request.Database, new(request.Query("report") ?? "", request.Query("kind") ?? "", Number(request.Query("before"), 0), (int)Number(request.Query("page_size"), PageDefault)), request.Cancellation)));

    private static long Number(string? text, int otherwise) => text is null ? otherwise : int.TryParse(text, out var number) ? number : -1;

    private static Task<IResult> Document(string city, long number, HttpContext http, ReportingDesk desk) => desk.Open(city, http, async request =>
        await ListSnapshots.Document(request.Database, number, request.Cancellation) is { } document ? Results.Bytes(document, "application/json; charset=utf-8") : ReportingRefusals.SnapshotUnknown.ToProblem());
}
