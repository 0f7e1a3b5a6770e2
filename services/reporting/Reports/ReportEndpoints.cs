namespace MedInsure.Reporting.Reports;

/// <summary>Reports over HTTP, for operators, under /reports/{city}.</summary>
internal static class ReportEndpoints
{
    public static void Map(RouteGroupBuilder city) =>
        city.MapGet("/definitions", (string city, HttpContext http, ReportingDesk desk) => desk.Open(city, http, _ => Task.FromResult(Results.Json(ListReports.Shown(), ReportingJson.Options))));
}
