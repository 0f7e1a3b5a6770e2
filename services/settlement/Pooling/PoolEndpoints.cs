using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Pooling;

/// <summary>Money between a county and its city, under /fund/{tenant}, of either; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class PoolEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/fund/{tenant}");
        group.MapPost("/remittances", Remit);
        group.MapPost("/allocations", Allocate);
        group.MapGet("/moves", Moves);
        group.MapGet("/moves/{number}", Move);
        group.MapPost("/moves/{number}/sending", Send);
        group.MapPost("/moves/{number}/withdrawal", Withdraw);
        group.MapPost("/arrivals", Confirm);
        group.MapGet("/arrivals", Arrivals);
        group.MapPost("/arrivals/{reference}/resolution", Resolve);
        group.MapGet("/sub-accounts", Compare);
        group.MapGet("/worklist", Work);
        group.MapPost("/applications", Apply);
        group.MapGet("/applications", Applications);
    }

    private static Task<IResult> Remit(string tenant, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, place =>
        desk.Act<ProposeRemittance.Order, FundMove>(http, order => ProposeRemittance.Execute(place, order, calendar, http.RequestAborted), m => m.Shown()));

    private static Task<IResult> Allocate(string tenant, HttpContext http, CountyDesk desk, TenantDirectory directory, ChinaCalendar calendar) => desk.OpenCity(tenant, http, city =>
        desk.Act<ProposeAllocation.Order, FundMove>(http, order => ProposeAllocation.Execute(city, CountiesOf(directory, tenant), order, calendar, http.RequestAborted), m => m.Shown()));

    private static Task<IResult> Moves(string tenant, string? kind, string? state, string? county, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.OpenLedger(tenant, http, async place =>
    {
        if (!string.IsNullOrEmpty(state) && !FundMove.States.Contains(state)) return PoolRefusals.StateUnknown.ToProblem();
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var moves = await FundMove.Read(connection, null, "WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR county = $3) ORDER BY created_at DESC, number DESC OFFSET $4 LIMIT $5", http.RequestAborted,
            kind ?? "", state ?? "", county ?? "", range.Value.Offset, (long)range.Value.Size);
        return Results.Json(new { Moves = moves.Select(m => m.Shown()) }, CountyDesk.Json);
    });

    private static Task<IResult> Move(string tenant, string number, HttpContext http, CountyDesk desk) => desk.OpenLedger(tenant, http, async place =>
    {
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        return await FundMove.Find(connection, null, number, http.RequestAborted) is { } move ? Results.Json(move.Shown(), CountyDesk.Json) : PoolRefusals.MoveUnknown.ToProblem();
    });

    private static Task<IResult> Send(string tenant, string number, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, place =>
        desk.Act<SendMove.Order, FundMove>(http, order => SendMove.Execute(place, number, order, calendar, http.RequestAborted), m => m.Shown()));

    private static Task<IResult> Withdraw(string tenant, string number, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, place =>
        desk.Act<WithdrawMove.Order, FundMove>(http, order => WithdrawMove.Execute(place, number, order, calendar, http.RequestAborted), m => m.Shown()));

    private static Task<IResult> Confirm(string tenant, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, place =>
        desk.Act<ConfirmArrival.Order, FundArrival>(http, order => ConfirmArrival.Execute(place, order, calendar, http.RequestAborted), a => a.Shown()));

    private static Task<IResult> Arrivals(string tenant, string? state, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.OpenLedger(tenant, http, async place =>
    {
        if (!string.IsNullOrEmpty(state) && !FundArrival.States.Contains(state)) return PoolRefusals.StateUnknown.ToProblem();
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var arrivals = await FundArrival.Read(connection, null, "WHERE ($1 = '' OR state = $1) ORDER BY confirmed_at DESC, bank_reference OFFSET $2 LIMIT $3", http.RequestAborted, state ?? "", range.Value.Offset, (long)range.Value.Size);
        return Results.Json(new { Arrivals = arrivals.Select(a => a.Shown()) }, CountyDesk.Json);
    });

    private static Task<IResult> Resolve(string tenant, string reference, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, place =>
        desk.Act<ResolveArrival.Order, FundArrival>(http, order => ResolveArrival.Execute(place, reference, order, calendar, http.RequestAborted), a => a.Shown()));

    private static Task<IResult> Compare(string tenant, string? county, HttpContext http, CountyDesk desk) => desk.OpenCity(tenant, http, async city =>
        Results.Json(new { SubAccounts = (await CompareSubAccounts.Query(city.Database, county ?? "", http.RequestAborted)).Select(CompareSubAccounts.Shown) }, CountyDesk.Json));

    private static Task<IResult> Work(string tenant, HttpContext http, CountyDesk desk) => desk.OpenLedger(tenant, http, async place => Results.Json(await FundWorklist.Query(place, http.RequestAborted), CountyDesk.Json));

    private static Task<IResult> Apply(string tenant, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, place =>
        desk.Act<ApplyForFunds.Order, FundApplication>(http, order => ApplyForFunds.Execute(place, order, calendar, http.RequestAborted), a => a.Shown()));

    private static Task<IResult> Applications(string tenant, string? kind, string? state, string? county, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.OpenLedger(tenant, http, async place =>
    {
        if (!string.IsNullOrEmpty(state) && !FundApplication.States.Contains(state)) return PoolRefusals.StateUnknown.ToProblem();
        if (!string.IsNullOrEmpty(kind) && !FundApplication.Kinds.Contains(kind)) return PoolRefusals.KindUnknown.ToProblem();
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var applications = await FundApplication.Read(connection, null, "WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR county = $3) ORDER BY applied_at DESC, number DESC OFFSET $4 LIMIT $5", http.RequestAborted,
            kind ?? "", state ?? "", county ?? "", range.Value.Offset, (long)range.Value.Size);
        return Results.Json(new { Applications = applications.Select(a => a.Shown()) }, CountyDesk.Json);
    });

    internal static IReadOnlyCollection<string> CountiesOf(TenantDirectory directory, string city) => [.. directory.Counties.Where(c => c.CityCode == city).Select(c => c.Code)];

    /// <summary>An act: reads what is ordered, does it, shows what came of it.</summary>
    internal static async Task<IResult> Act<TOrder, T>(this CountyDesk _, HttpContext http, Func<TOrder, Task<Outcome<T>>> execute, Func<T, object> show) where TOrder : class =>
        await CountyDesk.Body<TOrder>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await execute(order), show);
}
