using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Pooling;

/// <summary>What only the city does with its counties' money, under /fund/{tenant}; for operators. README.md lists them.</summary>
internal static class CityFundEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/fund/{tenant}");
        group.MapPost("/applications/{number}/decision", Decide);
        group.MapPost("/applications/{number}/draws", Draw);
        group.MapPost("/allocation-plans", Plan);
        group.MapPost("/deficits", Cover);
        group.MapPost("/risk-payments", PayIn);
    }

    private static Task<IResult> Decide(string tenant, string number, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenCity(tenant, http, city =>
        desk.Act<DecideApplication.Order, FundApplication>(http, order => DecideApplication.Execute(city, number, order, calendar, http.RequestAborted), a => a.Shown()));

    private static Task<IResult> Draw(string tenant, string number, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenCity(tenant, http, city =>
        desk.Act<DrawRiskFund.Order, FundMove>(http, order => DrawRiskFund.Execute(city, number, order, calendar, http.RequestAborted), m => m.Shown()));

    private static Task<IResult> Plan(string tenant, HttpContext http, CountyDesk desk, TenantDirectory directory, ChinaCalendar calendar) => desk.OpenCity(tenant, http, city =>
        desk.Act<PlanAllocations.Order, List<PlanAllocations.Planned>>(http, order => PlanAllocations.Execute(city, PoolEndpoints.CountiesOf(directory, tenant), order, calendar, http.RequestAborted), p => new { Planned = p.Select(PlanAllocations.Shown) }));

    private static Task<IResult> Cover(string tenant, HttpContext http, CountyDesk desk, TenantDirectory directory, ChinaCalendar calendar) => desk.OpenCity(tenant, http, city =>
        desk.Act<CoverDeficit.Order, List<FundMove>>(http, order => CoverDeficit.Execute(city, PoolEndpoints.CountiesOf(directory, tenant), order, calendar, http.RequestAborted), moves => new { Moves = moves.Select(m => m.Shown()) }));

    private static Task<IResult> PayIn(string tenant, HttpContext http, CountyDesk desk, TenantDirectory directory, ChinaCalendar calendar) => desk.OpenCity(tenant, http, city =>
        desk.Act<PayIntoRiskFund.Order, FundMove>(http, order => PayIntoRiskFund.Execute(city, PoolEndpoints.CountiesOf(directory, tenant), order, calendar, http.RequestAborted), m => m.Shown()));
}
