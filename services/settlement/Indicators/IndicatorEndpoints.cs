using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.Indicators;

/// <summary>Indicators of a county's providers, under /indicators/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class IndicatorEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/indicators/{county}");
        group.MapGet("/{month:int}", All);
        group.MapGet("/{month:int}/{provider}", OfProvider);
        group.MapPost("/limits", Draft);
        group.MapGet("/limits", Limits);
        group.MapPost("/limits/{limit}/approval", Approve);
        group.MapPost("/limits/{limit}/withdrawal", Withdraw);
    }

    private static Task<IResult> All(string county, int month, string? indicator, bool? over, int? page, int? page_size, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListIndicators.Query(place, month, new ListIndicators.Filter(indicator, over, page, page_size), calendar, http.RequestAborted),
            rows => new { Month = month, Indicators = rows.Select(r => new { r.FixmedinsCode, r.Result.Indicator, r.Result.Value, r.Result.Limit, Deduction = Yuan.Of(r.Result.DeductionFen), r.Result.Explanation }) }));

    private static Task<IResult> OfProvider(string county, int month, string provider, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListIndicators.Of(place, provider, month, calendar, http.RequestAborted), results => new
        {
            FixmedinsCode = provider, Month = month, Deduction = Yuan.Of(results.Sum(r => r.DeductionFen)),
            Indicators = results.Select(r => new { r.Indicator, r.Value, r.Limit, Deduction = Yuan.Of(r.DeductionFen), r.Explanation }),
        }));

    private static Task<IResult> Draft(string county, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<DraftLimit.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await DraftLimit.Execute(place, order, time.GetUtcNow(), http.RequestAborted), limit => limit.Shown(county)));

    private static Task<IResult> Limits(string county, string? provider, string? indicator, string? state, int? month, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var rows = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (rows.Refusal is { } badPage) return badPage.ToProblem();
        if (state is not null && !IndicatorLimit.States.Contains(state)) return IndicatorRefusals.StateInvalid.ToProblem();
        if (indicator is not null && Indicator.Find(indicator) is null) return IndicatorRefusals.IndicatorUnknown.ToProblem();
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var limits = await IndicatorLimit.Read(connection, null, """
            WHERE ($1 = '' OR fixmedins_code = $1) AND ($2 = '' OR indicator = $2) AND ($3 = '' OR state = $3) AND ($4 = 0 OR $4 BETWEEN from_month AND to_month) ORDER BY number DESC OFFSET $5 LIMIT $6
            """, [provider ?? "", indicator ?? "", state ?? "", month ?? 0, rows.Value.Offset, rows.Value.Size], http.RequestAborted);
        return Results.Json(new { Limits = limits.Select(l => l.Shown(county)) }, CountyDesk.Json);
    });

    private static Task<IResult> Approve(string county, string limit, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<ApproveLimit.Approval>(http) is not { } approval ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, limit, number => ApproveLimit.Execute(place, number, approval, time.GetUtcNow(), http.RequestAborted)), approved => approved.Shown(county)));

    private static Task<IResult> Withdraw(string county, string limit, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<WithdrawLimit.Withdrawal>(http) is not { } withdrawal ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, limit, number => WithdrawLimit.Execute(place, number, withdrawal, time.GetUtcNow(), http.RequestAborted)), withdrawn => withdrawn.Shown(county)));

    private static async Task<Outcome<T>> Of<T>(string county, string limit, Func<long, Task<Outcome<T>>> use) => IndicatorLimit.Parse(county, limit) is { } number ? await use(number) : IndicatorRefusals.LimitUnknown;
}
