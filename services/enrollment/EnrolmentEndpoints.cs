using System.Text.Json;
using MedInsure.Enrollment.CategoryLists;
using MedInsure.Enrollment.Findings;
using MedInsure.Enrollment.Merging;
using MedInsure.Enrollment.Persons;
using MedInsure.Enrollment.Register;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment;

/// <summary>What operators do with a county's enrolment over HTTP, under /enrolment/{county}; authorization Bearer. README.md lists it.</summary>
internal static class EnrolmentEndpoints
{
    private static readonly JsonSerializerOptions Json = new(WebJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/enrolment/{county}");
        group.MapImport<CompareRegister, RegisterRow>("/register", http => Served(http, county => ActivatorUtilities.CreateInstance<CompareRegister>(http.RequestServices, county)));
        group.MapImport<ImportCategoryList, CategoryListRow>("/category-lists/{authority}", http => CategoryListOrder.Read((string)http.Request.RouteValues["authority"]!, http.Request.Query, http.RequestServices.GetRequiredService<ChinaCalendar>().Today) switch
        {
            { Refusal: { } refusal } => refusal,
            { Value: var order } => Served(http, county => ActivatorUtilities.CreateInstance<ImportCategoryList>(http.RequestServices, county, order)),
        });
        group.MapGet("/persons", (string county, string? psn_no, string? certno, string? name, string? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            Find(county, http, tokens, counties, database => SearchPersons.Execute(database, new(psn_no, certno, name, after, limit), http.RequestAborted), rows => new { persons = rows }));
        group.MapGet("/persons/{psnNo}", (string county, string psnNo, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            Find(county, http, tokens, counties, database => SearchPersons.One(database, psnNo, http.RequestAborted), person => person));
        group.MapGet("/comparisons", Comparisons);
        group.MapGet("/findings", Findings);
        group.MapGet("/findings/counts", Counts);
        group.MapGet("/findings/{number:long}/history", History);
        group.MapPost("/findings/{number:long}/decision", Decide);
        group.MapGet("/merges", Merges);
        group.MapPost("/merges", ProposeMerge);
        group.MapPost("/merges/{number:long}/decision", DecideMerge);
        Identity.IdentityEndpoints.Map(group);
        Deaths.DeathEndpoints.Map(group);
        Employments.EmploymentEndpoints.Map(group);
        Changes.ChangeEndpoints.Map(group);
        Transfers.TransferEndpoints.Map(group);
        Enrolments.EnrolEndpoints.Map(group);
        Covers.CoverEndpoints.Map(group);
    }

    internal static Outcome<T> Served<T>(HttpContext http, Func<string, T> make) =>
        http.RequestServices.GetRequiredService<ServedCounties>().Codes.Contains((string)http.Request.RouteValues["county"]!) ? make((string)http.Request.RouteValues["county"]!) : Refusals.CountyNotServed;

    private static Task<IResult> Comparisons(string county, HttpContext http, BearerTokens tokens, ServedCounties counties) => Look(county, http, tokens, counties, database => database.Rows(
        "SELECT comparison_no, source, compared_at, row_count, found_count, changed_count FROM comparison ORDER BY comparison_no DESC LIMIT 100",
        r => new { comparison_no = r.GetInt64(0), source = r.GetString(1), compared_at = r.GetFieldValue<DateTimeOffset>(2), rows = r.GetInt64(3), found = r.GetInt64(4), changed = r.GetInt64(5) }, http.RequestAborted));

    private static Task<IResult> Findings(
        string county, string? source, string? kind, string? state, string? township, string? village, long? after, int? limit, string? format, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
        Desk(county, http, tokens, counties, async database =>
        {
            var filter = new ListFindings.Filter(source ?? "", kind ?? "", state ?? "", township ?? "", village ?? "");
            if (format == "csv") return Results.Stream(output => ListFindings.WriteCsv(database, filter, output, http.RequestAborted), "text/csv; charset=utf-8", $"findings-{county}.csv");
            var size = limit ?? 100;
            return Answer(await ListFindings.Query(database, filter, after ?? 0, size, http.RequestAborted), page => new { findings = page, next_after = page.Count == size ? page[^1].FindingNo : (long?)null });
        });

    private static Task<IResult> Counts(string county, string? source, string? kind, string? state, string? township, string? village, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
        Desk(county, http, tokens, counties, async database =>
            Results.Json(await ListFindings.Count(database, new ListFindings.Filter(source ?? "", kind ?? "", state ?? "", township ?? "", village ?? ""), http.RequestAborted), Json));

    private static Task<IResult> History(string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
        Desk(county, http, tokens, counties, async database => Results.Json(await DecideFinding.History(database, number, http.RequestAborted), Json));

    private static Task<IResult> Decide(string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
        Desk(county, http, tokens, counties, async database => await Body<DecideFinding.Decision>(http) is not { } decision ? Refusals.BodyMalformed.ToProblem()
            : Answer(await DecideFinding.Execute(database, number, decision, calendar.UtcNow, http.RequestAborted), finding => finding));

    private static Task<IResult> Merges(string county, string? state, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) => Desk(county, http, tokens, counties, async database =>
    {
        var size = limit ?? 100;
        return Answer(await MergePersons.List(database, state ?? "", after ?? 0, size, http.RequestAborted), page => new { merges = page, next_after = page.Count == size ? page[^1].MergeNo : (long?)null });
    });

    private static Task<IResult> ProposeMerge(string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
        Desk(county, http, tokens, counties, async database => await Body<MergePersons.Proposal>(http) is not { } proposal ? Refusals.BodyMalformed.ToProblem()
            : Answer(await MergePersons.Propose(database, proposal, calendar.UtcNow, http.RequestAborted), merge => merge));

    private static Task<IResult> DecideMerge(string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
        Desk(county, http, tokens, counties, async database => await Body<MergePersons.Decision>(http) is not { } decision ? Refusals.BodyMalformed.ToProblem()
            : Answer(await MergePersons.Decide(database, county, number, decision, calendar, bell, http.RequestAborted), merge => merge));

    internal static async Task<IResult> Desk(string county, HttpContext http, BearerTokens tokens, ServedCounties counties, Func<NpgsqlDataSource, Task<IResult>> answer)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!tokens.IsServiceOrOperator(http.Request.Headers.Authorization)) return BearerTokens.NotAuthenticated.ToProblem();
        if (!counties.Codes.Contains(county)) return Refusals.CountyNotServed.ToProblem();
        return await DatabaseFaults.Answer(http, Refusals.Unavailable, () => answer(counties.Database(county)));
    }

    internal static Task<IResult> Look<T>(string county, HttpContext http, BearerTokens tokens, ServedCounties counties, Func<NpgsqlDataSource, Task<T>> look) =>
        Desk(county, http, tokens, counties, async database => Results.Json(await look(database), Json));

    internal static Task<IResult> Find<T>(string county, HttpContext http, BearerTokens tokens, ServedCounties counties, Func<NpgsqlDataSource, Task<Outcome<T>>> find, Func<T, object> render) =>
        Desk(county, http, tokens, counties, async database => Answer(await find(database), render));

    internal static Task<IResult> Act<TBody, T>(string county, HttpContext http, BearerTokens tokens, ServedCounties counties, Func<NpgsqlDataSource, TBody, Task<Outcome<T>>> act, Func<T, object> render) where TBody : class =>
        Desk(county, http, tokens, counties, async database => await Body<TBody>(http) is not { } body ? Refusals.BodyMalformed.ToProblem() : Answer(await act(database, body), render));

    /// <summary>A page of rows in the order of their numbers, and the number to go on after.</summary>
    internal static Task<IResult> Page<T>(string county, HttpContext http, BearerTokens tokens, ServedCounties counties, int? limit, Func<NpgsqlDataSource, int, Task<Outcome<List<T>>>> look, string name, Func<T, long> number) =>
        Desk(county, http, tokens, counties, async database =>
        {
            var size = limit ?? 100;
            return Answer(await look(database, size), page => new Dictionary<string, object?> { [name] = page, ["next_after"] = page.Count == size ? number(page[^1]) : null });
        });

    private static IResult Answer<T>(Outcome<T> outcome, Func<T, object> render) => outcome.Refusal is { } refusal ? refusal.ToProblem() : Results.Json(render(outcome.Value), Json);

    private static async Task<T?> Body<T>(HttpContext http) where T : class
    {
        try { return http.Request.HasJsonContentType() ? await http.Request.ReadFromJsonAsync<T>(Json, http.RequestAborted) : null; }
        catch (JsonException) { return null; }
    }
}
