using MedInsure.Kernel;
using MedInsure.Reference;

namespace MedInsure.Reporting.Reports;

/// <summary>Reports over HTTP, for operators, under /reports/{city}. README.md lists them.</summary>
internal static class ReportEndpoints
{
    private const int PageDefault = 100;

    public static void Map(RouteGroupBuilder city)
    {
        city.MapGet("/definitions", (string city, HttpContext http, ReportingDesk desk) => desk.Open(city, http, _ => Task.FromResult(Results.Json(ListReports.Shown(), ReportingJson.Options))));
        city.MapGet("/documents/{code}", Get);
        city.MapGet("/documents/{code}/rows", Rows);
        city.MapGet("/documents/{code}/file", Export);
    }

    public static ReportPlace Place(ReportingRequest request) =>
        new(request.City, request.Database, request.Http.RequestServices.GetRequiredService<ReportedCities>(), request.Http.RequestServices.GetRequiredService<ReferenceData>());

    private static GetReport.Question Question(string code, ReportingRequest request) => new(code, request.Query("period"), request.Query("county"), request.Query("live") == "true");

    private static Task<IResult> Get(string city, string code, HttpContext http, ReportingDesk desk, ChinaCalendar calendar) =>
        desk.Open(city, http, async request => ReportingDesk.Answer(await GetReport.Run(Place(request), Question(code, request), calendar, request.Cancellation)));

    // The figure's row: every parameter key.<dimension>.
    private static Task<IResult> Rows(string city, string code, HttpContext http, ReportingDesk desk, ChinaCalendar calendar) => desk.Open(city, http, async request =>
    {
        const string prefix = "key.";
        var keys = http.Request.Query.Where(q => q.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(q => q.Key[prefix.Length..], q => q.Value.ToString());
        var size = request.Query("page_size") is { } text ? int.TryParse(text, out var given) ? given : 0 : PageDefault;
        return ReportingDesk.Answer(await ListReportRows.Run(Place(request), new(Question(code, request), request.Query("column"), keys, request.Query("after"), size), calendar, request.Cancellation));
    });

    private static Task<IResult> Export(string city, string code, HttpContext http, ReportingDesk desk, ChinaCalendar calendar) => desk.Open(city, http, async request =>
    {
        var file = await ExportReport.Run(Place(request), Question(code, request), request.Query("format"), request.Query("language"), calendar, request.Cancellation);
        return file.Refusal is not null ? ReportingDesk.Answer(file) : Results.File(file.Value.Content, file.Value.ContentType, request.Query("format") == "html" ? null : file.Value.Name);
    });
}
