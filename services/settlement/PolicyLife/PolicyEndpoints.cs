using System.Text;
using System.Text.Json;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>The life of benefit policies, under /policies/{tenant}; for operators and services (authorization Bearer). README.md lists them.</summary>
internal static class PolicyEndpoints
{
    private const int BodyBytesMax = 4 * 1024 * 1024;

    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/policies/{tenant}");
        group.MapGet("", List);
        group.MapPost("", Draft);
        group.MapGet("/{no:long}", Get);
        group.MapGet("/{no:long}/text", Text);
        group.MapGet("/{no:long}/changes", Changes);
        group.MapPost("/{no:long}/revisions", Revise);
        group.MapPost("/{no:long}/review", (string tenant, long no, HttpContext http, Desk desk) => desk.Act(tenant, http, (city, request, now) => ReviewPolicy.Execute(city, no, request, now, http.RequestAborted)));
        group.MapPost("/{no:long}/approval", (string tenant, long no, HttpContext http, Desk desk) => desk.Act(tenant, http, (city, request, now) => ApprovePolicy.Execute(city, no, request, now, http.RequestAborted)));
        group.MapPost("/{no:long}/consent", (string tenant, long no, HttpContext http, Desk desk) => desk.Act(tenant, http, (city, request, now) => ConsentToPolicy.Execute(city, tenant, no, request, now, http.RequestAborted)));
        group.MapPost("/{no:long}/publication", (string tenant, long no, HttpContext http, Desk desk, PolicyLibrary program) => desk.Act(tenant, http, (city, request, now) => PublishPolicy.Execute(city, tenant, no, request, program, now, http.RequestAborted)));
        group.MapPost("/{no:long}/rejection", (string tenant, long no, HttpContext http, Desk desk) => desk.Act(tenant, http, (city, request, now) => RejectPolicy.Execute(city, no, request, now, http.RequestAborted)));
        group.MapPost("/{no:long}/withdrawal", (string tenant, long no, HttpContext http, Desk desk) => desk.Act(tenant, http, (city, request, now) => WithdrawPolicy.Execute(city, no, request, now, http.RequestAborted)));
        group.MapPost("/announcements", Announce);
        group.MapGet("/adopted", Adopted);
    }

    private static Task<IResult> List(string tenant, string? state, string? pack, string? scope, string? page_token, int? page_size, HttpContext http, Desk desk) => desk.OpenCity(tenant, http, async city =>
        Answer(await ListPolicies.Query(city, tenant, state, pack, scope, page_token, page_size, desk.Today, http.RequestAborted),
            page => new { policies = page.Drafts.Select(d => PolicyJson.Of(d, page.All, tenant, desk.Today)), page.NextPageToken }));

    private static Task<IResult> Get(string tenant, long no, int? revision, HttpContext http, Desk desk) => desk.OpenCity(tenant, http, async city =>
        Answer(await GetPolicy.Query(city, no, revision, http.RequestAborted), shown => PolicyJson.Of(shown.Draft, shown.All, tenant, desk.Today, shown.Revision, shown.Text)));

    private static Task<IResult> Text(string tenant, long no, int? revision, HttpContext http, Desk desk) => desk.OpenCity(tenant, http, async city =>
    {
        var shown = await GetPolicy.Query(city, no, revision, http.RequestAborted);
        return shown.Refusal is { } refusal ? refusal.ToProblem() : Results.Text(shown.Value.Text, "application/yaml; charset=utf-8", Encoding.UTF8);
    });

    private static Task<IResult> Changes(string tenant, long no, string? from, HttpContext http, Desk desk, PolicyLibrary program) => desk.OpenCity(tenant, http, async city =>
        Answer(await ComparePolicies.Query(city, tenant, no, from, program, http.RequestAborted), PolicyJson.Of));

    private static Task<IResult> Draft(string tenant, HttpContext http, Desk desk, TenantDirectory directory, PolicyLibrary program) => desk.OpenCity(tenant, http, async city =>
    {
        var q = http.Request.Query;
        var request = await Yaml(http) is { } text ? new DraftPolicy.Request(q["scope"], text, q["effective_on"], q["note"], q["person"]) : await Body<DraftPolicy.Request>(http);
        return request is null ? Refusals.BodyMalformed.ToProblem() : await desk.Shown(tenant, city, await DraftPolicy.Execute(city, tenant, request, directory, program, desk.Now, http.RequestAborted), http);
    });

    private static Task<IResult> Revise(string tenant, long no, HttpContext http, Desk desk, TenantDirectory directory, PolicyLibrary program) => desk.OpenCity(tenant, http, async city =>
    {
        var q = http.Request.Query;
        var request = await Yaml(http) is { } text ? new RevisePolicy.Request(int.TryParse(q["revision"], out var revision) ? revision : null, text, q["effective_on"], q["note"], q["person"]) : await Body<RevisePolicy.Request>(http);
        return request is null ? Refusals.BodyMalformed.ToProblem() : await desk.Shown(tenant, city, await RevisePolicy.Execute(city, no, request, directory, program, desk.Now, http.RequestAborted), http);
    });

    private static Task<IResult> Announce(string tenant, HttpContext http, Desk desk) => desk.OpenCity(tenant, http, async city =>
    {
        var outcome = await AnnouncePolicies.Execute(city, tenant, desk.Now, http.RequestAborted);
        desk.Ring(tenant);
        return Answer(outcome, count => new { announced = count });
    });

    private static Task<IResult> Adopted(string tenant, HttpContext http, Desk desk) => desk.OpenCounty(tenant, http, async county =>
    {
        var (adopted, waiting) = await ListAdoptedPolicies.Query(county, http.RequestAborted);
        return Results.Json(PolicyJson.Of(adopted, waiting), PolicyJson.Options);
    });

    /// <summary>Lets an operator in and finds the city's, or a county's, database.</summary>
    internal sealed class Desk(TenantDatabases databases, BearerTokens tokens, OutboxBell bell, ChinaCalendar calendar)
    {
        public DateOnly Today => calendar.Today;
        public DateTimeOffset Now => calendar.UtcNow;

        public void Ring(string city) => bell.Ring(city, SettlementModule.Service);

        public Task<IResult> OpenCity(string code, HttpContext http, Func<NpgsqlDataSource, Task<IResult>> answer) => Open(code, isCity: true, http, answer);
        public Task<IResult> OpenCounty(string code, HttpContext http, Func<NpgsqlDataSource, Task<IResult>> answer) => Open(code, isCity: false, http, answer);

        private async Task<IResult> Open(string code, bool isCity, HttpContext http, Func<NpgsqlDataSource, Task<IResult>> answer)
        {
            http.Response.Headers.CacheControl = "no-store";
            if (!tokens.IsServiceOrOperator(http.Request.Headers.Authorization.ToString())) return BearerTokens.NotAuthenticated.ToProblem();
            if (databases.TenantsOf(SettlementModule.Service).All(t => t.Code != code || t.IsCity != isCity)) return Refusals.TenantUnknown.ToProblem();
            return await DatabaseFaults.Answer(http, Refusals.Unavailable, () => answer(databases.For(code, SettlementModule.Service)));
        }

        public Task<IResult> Act(string city, HttpContext http, Func<NpgsqlDataSource, ActOnPolicy.Request, DateTimeOffset, Task<Outcome<PolicyDraft>>> act) => OpenCity(city, http, async database =>
            await Body<ActOnPolicy.Request>(http) is not { } request ? Refusals.BodyMalformed.ToProblem() : await Shown(city, database, await act(database, request, Now), http));

        /// <summary>As the list shows it, after what was done.</summary>
        public async Task<IResult> Shown(string city, NpgsqlDataSource database, Outcome<PolicyDraft> outcome, HttpContext http)
        {
            if (outcome.Refusal is { } refusal) return refusal.ToProblem();
            if (outcome.Value.Publication is not null) Ring(city);
            await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
            return Results.Json(PolicyJson.Of(outcome.Value, await PolicyBook.Read(connection, http.RequestAborted), city, Today), PolicyJson.Options);
        }
    }

    private static IResult Answer<T>(Outcome<T> outcome, Func<T, object> render) => outcome.Refusal is { } refusal ? refusal.ToProblem() : Results.Json(render(outcome.Value), PolicyJson.Options);

    private static async Task<T?> Body<T>(HttpContext http) where T : class
    {
        try { return http.Request.HasJsonContentType() && http.Request.ContentLength is not > BodyBytesMax ? await http.Request.ReadFromJsonAsync<T>(PolicyJson.Options, http.RequestAborted) : null; }
        catch (JsonException) { return null; }
    }

    /// <summary>A pack as a file; what else there is to say is in the query. Null: the body is something else.</summary>
    private static async Task<string?> Yaml(HttpContext http)
    {
        var type = http.Request.ContentType?.Split(';')[0].Trim();
        if (type is not ("application/yaml" or "application/x-yaml" or "text/yaml" or "text/x-yaml" or "text/plain") || http.Request.ContentLength is not { } length || length > BodyBytesMax) return null;
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync(http.RequestAborted);
    }
}
