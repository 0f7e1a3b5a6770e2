using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>Agreed terms of a county's providers, under /payment-terms/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class PaymentTermEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/payment-terms/{county}");
        group.MapPost("/", Draft);
        group.MapGet("/", List);
        group.MapGet("/{term}", Get);
        group.MapPost("/{term}/approval", Approve);
        group.MapPost("/{term}/withdrawal", Withdraw);
        group.MapPost("/{term}/ending", End);
        group.MapGet("/months/{month:int}/{provider}", Month);
        group.MapPost("/months/{month:int}", Compute);
        group.MapGet("/forecasts", Forecasts);
        group.MapGet("/forecasts/terms", OfTerms);
        app.MapImport<GroupImport, GroupImport.Row>("/payment-terms/{county}/groups/{table}", Groups);
    }

    private static Task<IResult> Draft(string county, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<DraftTerms.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await DraftTerms.Execute(place, order, time.GetUtcNow(), http.RequestAborted), term => term.Shown()));

    private static Task<IResult> List(string county, string? provider, string? state, string? method, int? month, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListTerms.Query(place, new ListTerms.Filter(provider, state, method, month, page, page_size), http.RequestAborted), terms => new { Terms = terms.Select(t => t.Shown()) }));

    private static Task<IResult> Get(string county, string term, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await Of(county, term, number => ListTerms.One(place, number, http.RequestAborted)), found => found.Shown()));

    private static Task<IResult> Approve(string county, string term, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<ApproveTerms.Approval>(http) is not { } approval ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, term, number => ApproveTerms.Execute(place, number, approval, time.GetUtcNow(), http.RequestAborted)), approved => approved.Shown()));

    private static Task<IResult> Withdraw(string county, string term, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<WithdrawTerms.Withdrawal>(http) is not { } withdrawal ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, term, number => WithdrawTerms.Execute(place, number, withdrawal, time.GetUtcNow(), http.RequestAborted)), withdrawn => withdrawn.Shown()));

    private static Task<IResult> End(string county, string term, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<EndTerms.Ending>(http) is not { } ending ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, term, number => EndTerms.Execute(place, number, ending, time.GetUtcNow(), http.RequestAborted)), ended => ended.Shown()));

    private static Task<IResult> Month(string county, int month, string provider, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ShowMonth.Query(place, provider, month, calendar, http.RequestAborted), shown => new
        {
            shown.FixmedinsCode, Month = shown.Of, Settled = Yuan.Of(shown.Results.Sum(r => r.SettledFen)), Payable = Yuan.Of(shown.Results.Sum(r => r.PayableFen)),
            Results = shown.Results.Select(r => new { r.Method, TermNo = r.TermNo.Length > 0 ? r.TermNo : null, r.Fund, r.Claims, Settled = Yuan.Of(r.SettledFen), Payable = Yuan.Of(r.PayableFen), r.Explanation }),
        }));

    private static Task<IResult> Compute(string county, int month, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ShowMonth.County(place, month, calendar, http.RequestAborted), done =>
            new { done.Month, done.Providers, Settled = Yuan.Of(done.SettledFen), Payable = Yuan.Of(done.PayableFen), IndicatorDeductions = Yuan.Of(done.DeductionFen) }));

    private static Task<IResult> Forecasts(string county, string? provider, int? month, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListForecasts.Query(place, new ListForecasts.Filter(provider, month, page, page_size), http.RequestAborted), rows => new { Forecasts = rows.Select(ListForecasts.Shown) }));

    private static Task<IResult> OfTerms(string county, string? provider, int? month, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ForecastTerms.Query(place, month, provider, http.RequestAborted), rows => new { Forecasts = rows.Select(ForecastTerms.Shown) }));

    private static Outcome<GroupImport> Groups(HttpContext http)
    {
        var services = http.RequestServices;
        var (county, table) = ((string?)http.GetRouteValue("county") ?? "", (string?)http.GetRouteValue("table") ?? "");
        if (services.GetRequiredService<Journal.TenantJournals>().Find(county) is not { } journal) return Refusals.TenantUnknown.At("county");
        if (table.Length is < 1 or > 40 || !table.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return PaymentTermRefusals.TableNumberInvalid;
        return new GroupImport(services.GetRequiredService<TenantDatabases>().For(journal.Tenant.Code, SettlementModule.Service), table);
    }

    private static async Task<Outcome<T>> Of<T>(string county, string term, Func<long, Task<Outcome<T>>> use) => PaymentTerm.Parse(county, term) is { } number ? await use(number) : PaymentTermRefusals.TermUnknown;
}
