using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Runs;

/// <summary>Benefit runs of a county, under /runs/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class RunEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/runs/{county}");
        group.MapPost("/", Start);
        group.MapGet("/", List);
        group.MapGet("/{run}", Get);
        group.MapGet("/{run}/persons", Persons);
        group.MapPost("/{run}/approval", Approve);
        group.MapPost("/{run}/withdrawal", Withdraw);
    }

    private static Task<IResult> Start(string county, HttpContext http, CountyDesk desk, IEnumerable<IRunKind> kinds, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<StartRun.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await StartRun.Execute(place, kinds, order, time.GetUtcNow(), http.RequestAborted), run => run.Shown(county)));

    private static Task<IResult> List(string county, string? kind, string? state, int? page, int? page_size, HttpContext http, CountyDesk desk, IEnumerable<IRunKind> kinds) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListRuns.Query(place, kinds, kind, state, page ?? 0, page_size ?? 0, http.RequestAborted), runs => new { Runs = runs.Select(r => r.Shown(county)) }));

    private static Task<IResult> Get(string county, string run, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await Of(county, run, number => GetRun.Query(place, number, http.RequestAborted)), view => GetRun.Shown(county, view)));

    private static Task<IResult> Persons(string county, string run, string? state, string? psn_no, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await Of(county, run, async number => await GetRun.Query(place, number, http.RequestAborted) is { Refusal: { } unknown } ? unknown
            : await ListRunPersons.Query(place, number, state, psn_no, page ?? 0, page_size ?? 0, http.RequestAborted)), found => found));

    private static Task<IResult> Approve(string county, string run, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<ApproveRun.Approval>(http) is not { } approval ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, run, number => ApproveRun.Execute(place, number, approval, time.GetUtcNow(), http.RequestAborted)), approved => approved.Shown(county)));

    private static Task<IResult> Withdraw(string county, string run, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<WithdrawRun.Withdrawal>(http) is not { } withdrawal ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, run, number => WithdrawRun.Execute(place, number, withdrawal, time.GetUtcNow(), http.RequestAborted)), withdrawn => withdrawn.Shown(county)));

    private static async Task<Outcome<T>> Of<T>(string county, string run, Func<long, Task<Outcome<T>>> use) => BenefitRun.Parse(county, run) is { } number ? await use(number) : Refusals.RunUnknown;
}
