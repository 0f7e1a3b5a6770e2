using MedInsure.FraudAudit.RuleSettings;
using MedInsure.Kernel;
using MedInsure.Reference;
using Microsoft.AspNetCore.Mvc;

namespace MedInsure.FraudAudit.Stock;

/// <summary>
/// Below /audit/{county}: GET /stock/movements?fixmedins_code=&amp;med_list_code=&amp;kind=&amp;trace_code=&amp;from=&amp;to=&amp;page=&amp;page_size=, GET /stock/balances?fixmedins_code=&amp;med_list_code=&amp;from=&amp;to=,
/// POST /stock/runs {request_key, month, requested_by, reason}, GET /stock/runs.
/// </summary>
internal static class StockEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/stock/movements", Movements);
        county.MapGet("/stock/balances", Balances);
        county.MapGet("/stock/runs", Runs);
        county.MapPost("/stock/runs", Run);
    }

    private static Task<IResult> Movements(string county, HttpContext http, AuditDesk desk, ChinaCalendar calendar, [FromQuery(Name = "fixmedins_code")] string? fixmedinsCode, [FromQuery(Name = "med_list_code")] string? medListCode, string? kind,
        [FromQuery(Name = "trace_code")] string? traceCode, string? from, string? to, int? page, [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await ListStockMovements.Query(request, new(fixmedinsCode, medListCode, kind, traceCode, from, to, page, pageSize), calendar.Today)));

    private static Task<IResult> Balances(string county, HttpContext http, AuditDesk desk, [FromQuery(Name = "fixmedins_code")] string? fixmedinsCode, [FromQuery(Name = "med_list_code")] string? medListCode, string? from, string? to,
        int? page, [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await ListStockBalances.Query(request, fixmedinsCode, medListCode, from, to, page, pageSize)));

    private static Task<IResult> Runs(string county, HttpContext http, AuditDesk desk, int? page, [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await ListStockRuns.Query(request, page, pageSize)));

    private static Task<IResult> Run(string county, HttpContext http, AuditDesk desk, RuleSets rules, ReferenceData reference, ChinaCalendar calendar) => desk.Act<RunStockRules.Order, RunStockRules.Run>(county, http, async (request, order) =>
        reference.Find(request.County.CityCode) is { } city ? await RunStockRules.Execute(request.Database, rules.Book, await rules.Newest(county, request.Cancellation), city, order, calendar.UtcNow, request.Cancellation) : ReferenceData.NotLoaded);
}
