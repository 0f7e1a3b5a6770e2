using System.Text;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>Providers' statements of a county, under /provider-statements/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class ProviderStatementEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/provider-statements/{county}");
        group.MapGet("/applications", Applications);
        group.MapGet("/unclaimed", Unclaimed);
        group.MapPost("/acceptances", Accept);
        group.MapGet("", List);
        group.MapGet("/{statement}", Get);
        group.MapGet("/{statement}/claims", Claims);
        group.MapGet("/{statement}/claims.csv", ClaimsCsv);
        group.MapPost("/{statement}/review", Begin);
        group.MapPost("/{statement}/sample", Draw);
        group.MapGet("/{statement}/sample", Sample);
        group.MapPost("/{statement}/sample/{setlId}", Check);
        group.MapPost("/{statement}/first-review", FirstReview);
        group.MapPost("/{statement}/second-review", SecondReview);
        group.MapPost("/{statement}/approval", Approve);
        group.MapPost("/{statement}/return", SendBack);
        group.MapPost("/{statement}/rejection", Reject);
        group.MapPost("/deductions", Deduct);
        group.MapGet("/deductions", Deductions);
        group.MapPost("/deductions/{number:long}/withdrawal", WithdrawDeducted);
    }

    private static Task<IResult> Applications(string county, string? state, string? fixmedins_code, int? month, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        var filter = new RowFilter().Equal("a.state", state ?? "").Equal("a.fixmedins_code", fixmedins_code ?? "");
        if (month is { } m) filter.Add("a.month = ", m);
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await ApplicationRow.Read(connection, null, filter, $"ORDER BY a.number OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", http.RequestAborted);
        return Results.Json(new { Applications = rows.Select(r => r.Shown(county)) }, CountyDesk.Json);
    });

    private static Task<IResult> Unclaimed(string county, int? month, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListStatementClaims.Open(place, month ?? 0, http.RequestAborted), rows => new { Unclaimed = rows }));

    private static Task<IResult> Accept(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        await CountyDesk.Body<AcceptApplications.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await AcceptApplications.Execute(place, order, calendar, http.RequestAborted), done => new
            {
                Statements = done.Statements.Select(s => s.Shown(county)),
                NotAccepted = done.NotAccepted.Select(l => new { l.FixmedinsCode, l.Refusal.Code, l.Refusal.Chinese, l.Refusal.English }),
            }));

    private static Task<IResult> List(string county, string? state, string? fixmedins_code, int? month, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        if (!string.IsNullOrEmpty(state) && !StatementRow.States.Contains(state)) return StatementRefusals.StateUnknown.ToProblem();
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        var filter = new RowFilter().Equal("state", state ?? "").Equal("fixmedins_code", fixmedins_code ?? "");
        if (month is { } m) filter.Add("month = ", m);
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await StatementRow.Read(connection, null, filter, $"ORDER BY number OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", http.RequestAborted);
        return Results.Json(new { Statements = rows.Select(r => r.Shown(county)) }, CountyDesk.Json);
    });

    /// <summary>The printable page where the caller prefers HTML or asks for ?format=html.</summary>
    private static Task<IResult> Get(string county, string statement, string? format, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var found = await GetProviderStatement.Query(place, statement, http.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.ToProblem();
        var html = format == "html" || format is null && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        return html ? Results.Content(ProviderStatementPage.Render(place.Tenant, place.Journal.ProviderName(found.Value.Row.FixmedinsCode), found.Value), "text/html; charset=utf-8", Encoding.UTF8)
            : Results.Json(GetProviderStatement.Shown(county, found.Value), CountyDesk.Json);
    });

    private static Task<IResult> Claims(string county, string statement, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListStatementClaims.Query(place, statement, page ?? 0, page_size ?? 0, http.RequestAborted), rows => new { Claims = rows }));

    private static Task<IResult> ClaimsCsv(string county, string statement, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        await ListStatementClaims.Find(place, statement, http.RequestAborted) is not { } row ? StatementRefusals.StatementUnknown.ToProblem()
            : Results.Stream(body => ListStatementClaims.WriteCsv(place, row, System.IO.Pipelines.PipeWriter.Create(body), http.RequestAborted), "text/csv; charset=utf-8", $"{statement}.csv"));

    private static Task<IResult> Begin(string county, string statement, HttpContext http, CountyDesk desk, TimeProvider time) =>
        Act<BeginReview.Order>(county, http, desk, (place, order) => BeginReview.Execute(place, statement, order, time.GetUtcNow(), http.RequestAborted));

    private static Task<IResult> FirstReview(string county, string statement, HttpContext http, CountyDesk desk, TimeProvider time) =>
        Act<ReviewStatement.First>(county, http, desk, (place, review) => ReviewStatement.Finish(place, statement, review, time.GetUtcNow(), http.RequestAborted));

    private static Task<IResult> SecondReview(string county, string statement, HttpContext http, CountyDesk desk, TimeProvider time) =>
        Act<ReviewStatement.Second>(county, http, desk, (place, review) => ReviewStatement.Confirm(place, statement, review, time.GetUtcNow(), http.RequestAborted));

    private static Task<IResult> Approve(string county, string statement, HttpContext http, CountyDesk desk, ChinaCalendar calendar) =>
        Act<ApproveStatement.Approval>(county, http, desk, (place, approval) => ApproveStatement.Execute(place, statement, approval, calendar, http.RequestAborted));

    private static Task<IResult> SendBack(string county, string statement, HttpContext http, CountyDesk desk, TimeProvider time) =>
        Act<ReturnStatement.Order>(county, http, desk, (place, order) => ReturnStatement.SendBack(place, statement, order, time.GetUtcNow(), http.RequestAborted));

    private static Task<IResult> Reject(string county, string statement, HttpContext http, CountyDesk desk, TimeProvider time) =>
        Act<ReturnStatement.Order>(county, http, desk, (place, order) => ReturnStatement.Reject(place, statement, order, time.GetUtcNow(), http.RequestAborted));

    private static Task<IResult> Draw(string county, string statement, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<SampleClaims.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await SampleClaims.Draw(place, statement, order, time.GetUtcNow(), http.RequestAborted), rows => new { Sample = rows }));

    private static Task<IResult> Sample(string county, string statement, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await SampleClaims.Query(place, statement, http.RequestAborted), rows => new { Sample = rows }));

    private static Task<IResult> Check(string county, string statement, string setlId, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<SampleClaims.Finding>(http) is not { } finding ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await SampleClaims.Record(place, statement, setlId, finding, time.GetUtcNow(), http.RequestAborted), rows => new { Sample = rows }));

    private static Task<IResult> Deduct(string county, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<EnterDeduction.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await EnterDeduction.Execute(place, order, time.GetUtcNow(), http.RequestAborted), row => row));

    /// <summary>Those of a provider or statement, or (waiting=true) all that no statement has taken yet.</summary>
    private static Task<IResult> Deductions(string county, string? fixmedins_code, bool? waiting, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        var filter = new RowFilter().Equal("fixmedins_code", fixmedins_code ?? "");
        if (waiting == true) filter.Add("withdrawn_by = ", "").Add("(statement IS NULL) = ", true);
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await EnterDeduction.Read(connection, null, county, filter, http.RequestAborted, $"ORDER BY number OFFSET {range.Value.Offset} LIMIT {range.Value.Size}");
        return Results.Json(new { Deductions = rows }, CountyDesk.Json);
    });

    private static Task<IResult> WithdrawDeducted(string county, long number, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<WithdrawDeduction.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await WithdrawDeduction.Execute(place, number, order, time.GetUtcNow(), http.RequestAborted), row => row));

    private static Task<IResult> Act<T>(string county, HttpContext http, CountyDesk desk, Func<Runs.RunPlace, T, Task<Outcome<StatementRow>>> act) where T : class => desk.Open(county, http, async place =>
        await CountyDesk.Body<T>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await act(place, order), row => row.Shown(county)));
}
