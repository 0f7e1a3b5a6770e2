using MedInsure.FraudAudit.PostAudit;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Mvc;

namespace MedInsure.FraudAudit.BackTests;

/// <summary>
/// POST /audit/{county}/back-tests runs a draft of rule settings and knowledge points over past months; GET lists them; GET back-tests/{no} says by rule what it would have found; GET back-tests/{no}/hits
/// row by row; POST back-tests/{no}/drop does away with it.
/// </summary>
internal static class BackTestEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/back-tests", (string county, HttpContext http, AuditDesk desk, RuleBook book, AuditRunWorker worker, TimeProvider time) => desk.Act<BackTest.Order, object>(county, http, async (request, order) =>
            AuditRunEndpoints.Shown(await BackTest.Start(request, book, order, time.GetUtcNow()), _ => worker.Ring(county))));
        county.MapGet("/back-tests", (string county, HttpContext http, AuditDesk desk, string? state, int? page, [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
            AuditDesk.Answer(await AuditRunEndpoints.List(request, "back_test", state, page, pageSize))));
        county.MapGet("/back-tests/{run:long}", (string county, long run, HttpContext http, AuditDesk desk, RuleBook book) => desk.Open(county, http, async request => AuditDesk.Answer(await Get(request, run, book))));
        county.MapGet("/back-tests/{run:long}/hits", (string county, long run, HttpContext http, AuditDesk desk, string? rule, int? page, [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
            AuditDesk.Answer(await BackTest.Hits(request, run, rule, page, pageSize))));
        county.MapPost("/back-tests/{run:long}/drop", (string county, long run, HttpContext http, AuditDesk desk, TimeProvider time) => desk.Act<DecideAuditRun.Decision, object>(county, http, async (request, decision) =>
            AuditRunEndpoints.Shown(await DecideAuditRun.Drop(request, "back_test", run, decision, time.GetUtcNow()))));
    }

    private static async Task<Outcome<object>> Get(AuditRequest request, long runNo, RuleBook book)
    {
        if (await AuditRun.Find(request.Database, runNo, request.Cancellation) is not { Kind: "back_test" } run) return AuditRunRefusals.Unknown;
        if (run.State != "done") return new { Run = AuditRunEndpoints.Of(run), Draft = RuleDraft.Read(run.Draft!) };
        var results = await BackTest.Results(request, run, book);
        if (results.Refusal is { } refusal) return refusal;
        return new { Run = AuditRunEndpoints.Of(run), Draft = RuleDraft.Read(run.Draft!), Rules = results.Value };
    }
}
