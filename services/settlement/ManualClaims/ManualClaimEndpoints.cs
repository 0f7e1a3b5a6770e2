using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using MedInsure.Settlement.Statements;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>Paper bills of a county's persons, under /manual-claims/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class ManualClaimEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/manual-claims/{county}");
        group.MapPost("/", Enter);
        group.MapGet("/", List);
        group.MapGet("/{claim}", Get);
        group.MapGet("/{claim}/preview", Preview);
        group.MapPost("/{claim}/attachments", Attach);
        group.MapPost("/{claim}/first-review", (string county, string claim, HttpContext http, CountyDesk desk, TimeProvider time) =>
            Act<ReviewManualClaim.Review>(county, claim, http, desk, (place, number, review) => ReviewManualClaim.First(place, number, review, time.GetUtcNow(), http.RequestAborted)));
        group.MapPost("/{claim}/second-review", (string county, string claim, HttpContext http, CountyDesk desk, TimeProvider time) =>
            Act<ReviewManualClaim.Review>(county, claim, http, desk, (place, number, review) => ReviewManualClaim.Second(place, number, review, time.GetUtcNow(), http.RequestAborted)));
        group.MapPost("/{claim}/approval", (string county, string claim, HttpContext http, CountyDesk desk, TimeProvider time) =>
            Act<ApproveManualClaim.Approval>(county, claim, http, desk, (place, number, approval) => ApproveManualClaim.Execute(place, number, approval, time.GetUtcNow(), http.RequestAborted)));
        group.MapPost("/{claim}/rejection", (string county, string claim, HttpContext http, CountyDesk desk, TimeProvider time) =>
            Act<EndManualClaim.Order>(county, claim, http, desk, (place, number, order) => EndManualClaim.Reject(place, number, order, time.GetUtcNow(), http.RequestAborted)));
        group.MapPost("/{claim}/withdrawal", (string county, string claim, HttpContext http, CountyDesk desk, TimeProvider time) =>
            Act<EndManualClaim.Order>(county, claim, http, desk, (place, number, order) => EndManualClaim.Withdraw(place, number, order, time.GetUtcNow(), http.RequestAborted)));
        group.MapPost("/{claim}/reversal", (string county, string claim, HttpContext http, CountyDesk desk, TimeProvider time) =>
            Act<ReverseManualClaim.Order>(county, claim, http, desk, (place, number, order) => ReverseManualClaim.Reverse(place, number, order, time.GetUtcNow(), http.RequestAborted)));
        group.MapPost("/{claim}/recovery", (string county, string claim, HttpContext http, CountyDesk desk, TimeProvider time) =>
            Act<ReverseManualClaim.Order>(county, claim, http, desk, (place, number, order) => ReverseManualClaim.Recover(place, number, order, time.GetUtcNow(), http.RequestAborted)));
    }

    private static Task<IResult> Enter(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        await CountyDesk.Body<EnterManualClaim.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await EnterManualClaim.Execute(place, order, calendar, http.RequestAborted), claim => claim.Shown(county)));

    private static Task<IResult> List(string county, string? state, string? psn_no, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        if (!string.IsNullOrEmpty(state) && !ManualClaim.States.Contains(state)) return ManualRefusals.StateUnknown.ToProblem();
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        var filter = new RowFilter().Equal("state", state ?? "").Equal("psn_no", psn_no ?? "");
        var claims = await ManualClaim.Read(place.Database, filter, $"ORDER BY number DESC OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", http.RequestAborted);
        return Results.Json(new { Claims = claims.Select(c => c.Shown(county)) }, CountyDesk.Json);
    });

    private static Task<IResult> Get(string county, string claim, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        if (ManualClaim.Parse(county, claim) is not { } number || await ManualClaim.Find(place, number, http.RequestAborted) is not { } found) return ManualRefusals.Unknown.ToProblem();
        return Results.Json(new { Claim = found.Shown(county), Attachments = await AttachToManualClaim.List(place, number, http.RequestAborted) }, CountyDesk.Json);
    });

    private static Task<IResult> Preview(string county, string claim, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await Of(county, claim, number => PreviewManualClaim.Query(place, number, http.RequestAborted)), Shown));

    private static Task<IResult> Attach(string county, string claim, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<AttachToManualClaim.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, claim, number => AttachToManualClaim.Execute(place, number, order, time.GetUtcNow(), http.RequestAborted)), kept => new { Attachments = kept }));

    private static Task<IResult> Act<T>(string county, string claim, HttpContext http, CountyDesk desk, Func<RunPlace, long, T, Task<Outcome<ManualClaim>>> act) where T : class => desk.Open(county, http, async place =>
        await CountyDesk.Body<T>(http) is not { } body ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await Of(county, claim, number => act(place, number, body)), found => found.Shown(county)));

    private static async Task<Outcome<T>> Of<T>(string county, string claim, Func<long, Task<Outcome<T>>> use) => ManualClaim.Parse(county, claim) is { } number ? await use(number) : ManualRefusals.Unknown;

    private static object Shown(SettlementReply reply) => new
    {
        reply.PolicyPack, reply.PolicyVersion,
        Amounts = StatementAmounts.Of(reply).ToDictionary(a => a.Field, a => Yuan.Of(a.Fen)),
        Shares = reply.Share.Select(s => new { s.FundPayType, s.Name, Rule = s.RuleId, Amount = Yuan.Of(s.AmountFen) }),
    };
}
