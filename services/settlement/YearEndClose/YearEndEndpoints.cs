using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.YearEndClose;

/// <summary>The fund's position and year end, under /fund/{tenant}, of a county or the city; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class YearEndEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/fund/{tenant}");
        group.MapGet("", Position);
        group.MapGet("/warnings", Warnings);
        group.MapPost("/warnings/{county}/{pool}/{month:int}/told", Told);
        group.MapPost("/year-ends/{year:int}", Close);
        group.MapPost("/interest", Interest);
        group.MapGet("/final-accounts/{year:int}", Accounts);
    }

    private static Task<IResult> Position(string tenant, int? month, string? county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, async place =>
        CountyDesk.Answer(await GetFundPosition.Query(place, month, place.Tenant.IsCity ? county ?? "" : place.Tenant.Code, calendar, http.RequestAborted), found => new { found.Month, Pools = found.Pools.Select(FundPosition.Shown) }));

    private static Task<IResult> Warnings(string tenant, HttpContext http, CountyDesk desk) => desk.OpenCity(tenant, http, async city =>
    {
        await using var connection = await city.Database.OpenConnectionAsync(http.RequestAborted);
        return Results.Json(new { Warnings = (await FundWarning.Read(connection, "ORDER BY month DESC, county, pool LIMIT 1000", http.RequestAborted)).Select(w => w.Shown()) }, CountyDesk.Json);
    });

    private sealed record ToldOrder(string? ToldTo, string? ToldBy);

    private static Task<IResult> Told(string tenant, string county, string pool, int month, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenCity(tenant, http, city =>
        desk.Act<ToldOrder, FundWarning>(http, order => FundWarning.Tell(city.Database, county, pool, month, order.ToldTo, order.ToldBy, calendar.UtcNow, http.RequestAborted), w => w.Shown()));

    /// <summary>Of a county its carry-over, of the city what its counties put by.</summary>
    private static Task<IResult> Close(string tenant, int year, HttpContext http, CountyDesk desk, TenantDirectory directory, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, place => place.Tenant.IsCity
        ? desk.Act<CarryOver.Order, List<FundMove>>(http, order => SetSurplusAside.Execute(place, PoolEndpoints.CountiesOf(directory, tenant), year, order, calendar, http.RequestAborted), moves => new { Moves = moves.Select(m => m.Shown()) })
        : desk.Act<CarryOver.Order, VoucherRow>(http, order => CarryOver.Execute(place, year, order, calendar, http.RequestAborted), Shown));

    private static Task<IResult> Interest(string tenant, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(tenant, http, place =>
        desk.Act<BookInterest.Order, BookInterest.Booked>(http, order => BookInterest.Execute(place, order, calendar, http.RequestAborted), b => new { Own = b.Own is { } own ? Shown(own) : null, Counties = b.Counties.Select(m => m.Shown()) }));

    private static Task<IResult> Accounts(string tenant, int year, string? county, string? format, HttpContext http, CountyDesk desk) => desk.OpenLedger(tenant, http, async place =>
    {
        var statement = await GetFinalAccounts.Query(place, year, place.Tenant.IsCity ? county ?? "" : "", http.RequestAborted);
        if (statement.Refusal is { } refusal) return refusal.ToProblem();
        return format == "html" ? Results.Content(statement.Value.Html(), "text/html; charset=utf-8") : Results.Json(statement.Value.Shown(), CountyDesk.Json);
    });

    private static object Shown(VoucherRow row) => new
    {
        VoucherNo = row.No, row.Voucher.Number, EffectiveOn = LedgerText.Day(row.Voucher.EffectiveOn), BookedOn = LedgerText.Day(row.BookedOn), row.Voucher.By,
        Entries = row.Voucher.Entries.Select(e => new { e.Account.Purpose, e.Account.Fund, e.Account.Counterparty, Debit = e.AmountFen > 0 ? Yuan.Of(e.AmountFen) : (decimal?)null, Credit = e.AmountFen < 0 ? Yuan.Of(-e.AmountFen) : (decimal?)null }),
    };
}
