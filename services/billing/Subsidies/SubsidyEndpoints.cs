using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Billing.Subsidies;

/// <summary>What governments, those who aid and collectives owe and have paid, under /billing/{county}, for operators. README.md lists them.</summary>
internal static class SubsidyEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/subsidies/{insutype}/{year:int}", State);
        county.MapGet("/subsidies/{insutype}/{year:int}/claims", Claims);
        county.MapPost("/subsidies/{insutype}/{year:int}/claims", Claim);
        county.MapGet("/subsidies/{insutype}/{year:int}/arrivals", Arrivals);
        county.MapPost("/subsidies/{insutype}/{year:int}/arrivals", Arrive);
        county.MapGet("/collective-supports", Supports);
        county.MapPost("/collective-supports", Support);
    }

    private static Task<IResult> State(string county, string insutype, int year, string? basis, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
    {
        if (basis is not (null or SubsidyState.BasisAssessed or SubsidyState.BasisPaid)) return Refusals.BasisUnknown.ToProblem();
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        var states = await SubsidyState.Read(connection, null, insutype, year, basis ?? SubsidyState.BasisAssessed, request.Cancellation);
        return Results.Json(new
        {
            Basis = basis ?? SubsidyState.BasisAssessed,
            // Open: asked for and not come. Unclaimed: owed by now and not asked for.
            payers = states.Select(s => new
            {
                s.Payer.Kind, s.Payer.Level, Payer = s.Payer.Name, s.Heads, Due = s.Due.ToString(), Claimed = s.Claimed.ToString(), Arrived = s.Arrived.ToString(), Open = (s.Claimed - s.Arrived).ToString(),
                Unclaimed = (s.Due - s.Claimed).ToString(),
            }),
        }, BillingJson.Options);
    });

    private static Task<IResult> Claims(string county, string insutype, int year, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        Results.Json(new { claims = await RaiseSubsidyClaims.List(request.Database, insutype, year, request.Cancellation) }, BillingJson.Options));

    private static Task<IResult> Claim(string county, string insutype, int year, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<RaiseSubsidyClaims.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem()
            : BillingDesk.Answer(await RaiseSubsidyClaims.Execute(request.Database, insutype, year, order, calendar.UtcNow, request.Cancellation), claims => new { claims }));

    private static Task<IResult> Arrivals(string county, string insutype, int year, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        Results.Json(new { arrivals = await RecordSubsidyArrival.List(request.Database, insutype, year, request.Cancellation) }, BillingJson.Options));

    private static Task<IResult> Arrive(string county, string insutype, int year, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<RecordSubsidyArrival.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem()
            : BillingDesk.Answer(await RecordSubsidyArrival.Execute(request.Database, insutype, year, order, calendar, request.Cancellation)));

    private static Task<IResult> Supports(string county, string? insutype, int? year, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        Results.Json(new { supports = await RecordCollectiveSupport.List(request.Database, insutype, year, request.Cancellation) }, BillingJson.Options));

    private static Task<IResult> Support(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<RecordCollectiveSupport.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem()
            : BillingDesk.Answer(await RecordCollectiveSupport.Execute(request.Database, order, calendar, request.Cancellation)));
}
