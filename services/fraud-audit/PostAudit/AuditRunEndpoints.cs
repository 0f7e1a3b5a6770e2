using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Mvc;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>
/// POST /audit/{county}/runs starts a run over months; GET lists them; GET runs/{no} with its difference to what stands, by rule; GET runs/{no}/differences row by row;
/// POST runs/{no}/application lets it stand (another person), runs/{no}/drop does away with it.
/// </summary>
internal static class AuditRunEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/runs", (string county, HttpContext http, AuditDesk desk, RuleBook book, AuditRunWorker worker, TimeProvider time) => desk.Act<StartAuditRun.Order, object>(county, http, async (request, order) =>
            Shown(await StartAuditRun.Execute(request, book, order, time.GetUtcNow()), _ => worker.Ring(county))));
        county.MapGet("/runs", (string county, HttpContext http, AuditDesk desk, string? state, int? page, [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
            AuditDesk.Answer(await List(request, "audit", state, page, pageSize))));
        county.MapGet("/runs/{run:long}", (string county, long run, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request => AuditDesk.Answer(await Get(request, run))));
        county.MapGet("/runs/{run:long}/differences", (string county, long run, HttpContext http, AuditDesk desk, string? kind, string? rule, int? page, [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
            AuditDesk.Answer(await RunDifference.Query(request, run, kind, rule, page, pageSize))));
        county.MapPost("/runs/{run:long}/application", (string county, long run, HttpContext http, AuditDesk desk, RuleBook book, RuleSets rules, TimeProvider time) => desk.Act<DecideAuditRun.Decision, object>(county, http, async (request, decision) =>
            Shown(await DecideAuditRun.Apply(request, run, decision, RunRules.VersionOf(await rules.Newest(county, request.Cancellation)), time.GetUtcNow()))));
        county.MapPost("/runs/{run:long}/drop", (string county, long run, HttpContext http, AuditDesk desk, TimeProvider time) => desk.Act<DecideAuditRun.Decision, object>(county, http, async (request, decision) =>
            Shown(await DecideAuditRun.Drop(request, "audit", run, decision, time.GetUtcNow()))));
    }

    public static async Task<Outcome<object>> List(AuditRequest request, string kind, string? state, int? page, int? pageSize)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        if (state is not (null or "queued" or "running" or "done" or "applied" or "dropped")) return AuditRunRefusals.StateUnknown;
        return new { Runs = (await AuditRun.List(request.Database, kind, state, (number - 1L) * size, size, request.Cancellation)).Select(Of) };
    }

    private static async Task<Outcome<object>> Get(AuditRequest request, long runNo)
    {
        if (await AuditRun.Find(request.Database, runNo, request.Cancellation) is not { Kind: "audit" } run) return AuditRunRefusals.Unknown;
        return new { Run = Of(run), Differences = run.State is "done" or "applied" ? await RunDifference.Sums(request.Database, runNo, request.Cancellation) : [] };
    }

    public static Outcome<object> Shown(Outcome<AuditRun> outcome, Action<AuditRun>? then = null)
    {
        if (outcome.Refusal is { } refusal) return refusal;
        then?.Invoke(outcome.Value);
        return Of(outcome.Value);
    }

    /// <summary>A run as operators read it: how far it is, in slices and in settlements.</summary>
    public static object Of(AuditRun run) => new
    {
        run.RunNo, run.Kind, FromMonth = AuditJson.Day(run.FromOn)[..7], ToMonth = AuditJson.Day(run.ToOn)[..7], run.Rules, run.Reason, run.StartedBy, StartedAt = AuditJson.Time(run.StartedAt), run.State, run.Slices, run.SlicesDone,
        run.Claims, run.Found, run.Failed, EndedAt = run.EndedAt is { } ended ? AuditJson.Time(ended) : null, run.Failure, run.DecidedBy, DecidedAt = run.DecidedAt is { } decided ? AuditJson.Time(decided) : null,
    };
}
