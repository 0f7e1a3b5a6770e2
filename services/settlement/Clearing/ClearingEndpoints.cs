using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.OffCounty;

namespace MedInsure.Settlement.Clearing;

/// <summary>Clearing between counties, under /clearing/{city} and /clearing/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class ClearingEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/clearing/{tenant}");
        group.MapGet("", Show);
        group.MapGet("/links", Links);
        group.MapGet("/{month:int}/differences", Differences);
        group.MapPost("/months", Open);
        group.MapPost("/{month:int}/pairs/{countyA}/{countyB}/explanation", Explain);
        group.MapPost("/{month:int}/orders", Order);
        group.MapPost("/{month:int}/{otherCounty}/confirmation", Confirm);
        group.MapPost("/transfers/{orderNo}/payment", Pay);
        group.MapPost("/transfers/{orderNo}/arrival", Arrive);
    }

    private static Task<IResult> Show(string tenant, int? month, HttpContext http, CountyDesk desk, TenantDirectory directory) => directory.Find(tenant) is { IsCity: true }
        ? desk.OpenCity(tenant, http, async city => CountyDesk.Answer(await ShowClearing.Query(city, month ?? 0, http.RequestAborted), shown => shown))
        : desk.Open(tenant, http, async county => Results.Json(new
        {
            Statements = (await ClearingStatement.List(county.Database, month ?? 0, http.RequestAborted)).Select(s => s.Shown()),
            Transfers = (await TransferRow.List(county.Database, month ?? 0, http.RequestAborted)).Select(t => t.Shown()),
        }, CountyDesk.Json));

    private static Task<IResult> Differences(string tenant, int month, HttpContext http, CountyDesk desk) => desk.OpenCity(tenant, http, async city =>
        Results.Json(await ShowClearing.Differences(city, month, http.RequestAborted), CountyDesk.Json));

    private static Task<IResult> Open(string tenant, HttpContext http, CountyDesk desk, TenantDirectory directory, ChinaCalendar calendar, ClearingWorker worker) => desk.OpenCity(tenant, http, async city =>
    {
        if (await CountyDesk.Body<OpenClearing.Order>(http) is not { } order) return Refusals.BodyMalformed.ToProblem();
        var opened = await OpenClearing.Execute(city, order, [.. directory.Counties.Where(c => c.CityCode == tenant)], calendar, http.RequestAborted);
        worker.Ring(tenant);
        return opened.Refusal is { } refusal ? refusal.ToProblem() : CountyDesk.Answer(await ShowClearing.Query(city, opened.Value, http.RequestAborted), shown => shown);
    });

    private static Task<IResult> Explain(string tenant, int month, string countyA, string countyB, HttpContext http, CountyDesk desk, CollectClearing collect, TimeProvider time, ClearingWorker worker) => desk.OpenCity(tenant, http, async city =>
    {
        if (await CountyDesk.Body<ExplainPair.Order>(http) is not { } order) return Refusals.BodyMalformed.ToProblem();
        var explained = await ExplainPair.Execute(city, month, countyA, countyB, order, collect, time, http.RequestAborted);
        worker.Ring(tenant);
        return CountyDesk.Answer(explained, ShowClearing.Shown);
    });

    private static Task<IResult> Order(string tenant, int month, HttpContext http, CountyDesk desk, ClearingWorker worker) => desk.OpenCity(tenant, http, async city =>
    {
        if (await CountyDesk.Body<OrderTransfers.Order>(http) is not { } order) return Refusals.BodyMalformed.ToProblem();
        var ordered = await OrderTransfers.Execute(city, month, order, http.RequestAborted);
        worker.Ring(tenant);
        return CountyDesk.Answer(ordered, pairs => new { Pairs = pairs });
    });

    private static Task<IResult> Confirm(string tenant, int month, string otherCounty, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(tenant, http, async county =>
        await CountyDesk.Body<ConfirmClearing.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await ConfirmClearing.Execute(county, month, otherCounty, order, calendar, http.RequestAborted), s => s.Shown()));

    private static Task<IResult> Pay(string tenant, string orderNo, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(tenant, http, async county =>
        await CountyDesk.Body<RecordClearingPayment.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await RecordClearingPayment.Execute(county, orderNo, order, calendar, http.RequestAborted), t => t.Shown()));

    private static Task<IResult> Arrive(string tenant, string orderNo, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(tenant, http, async county =>
        await CountyDesk.Body<RecordClearingArrival.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await RecordClearingArrival.Execute(county, orderNo, order, calendar, http.RequestAborted), t => t.Shown()));

    private static Task<IResult> Links(string tenant, HttpContext http, CountyDesk desk) => desk.Open(tenant, http, async place =>
    {
        var (told, heard) = (await OffCountyLinks.Told(place.Database, http.RequestAborted), await OffCountyLinks.Heard(place.Database, http.RequestAborted));
        return Results.Json(new
        {
            Told = told.Select(l => new { l.ProviderCounty, l.LastNo, l.ToldNo, ToldAt = CountyDesk.Time(l.ToldAt), OldestUntoldAt = CountyDesk.Time(l.OldestUntoldAt), FailingSince = CountyDesk.Time(l.FailingSince), l.Failure }),
            Heard = heard.Select(s => new { s.HomeCounty, s.HeldNo, s.KnownNo, TakenAt = CountyDesk.Time(s.TakenAt), ContradictedAt = CountyDesk.Time(s.ContradictedAt), s.Contradiction }),
        }, CountyDesk.Json);
    });
}
