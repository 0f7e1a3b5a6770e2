using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Covers;

/// <summary>Contributions and granted cover for operators, under /enrolment/{county}; authorization Bearer.</summary>
internal static class CoverEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/contributions/{psnNo}", (string county, string psnNo, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Look(county, http, tokens, counties, database => ReopenContribution.Of(database, psnNo, http.RequestAborted)));
        group.MapPost("/contributions/reopening", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<ReopenContribution.Order, ReopenContribution.Contribution>(county, http, tokens, counties, (database, order) => ReopenContribution.Execute(database, order, calendar.UtcNow, http.RequestAborted), c => c));
        group.MapPost("/cover-grants", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<GrantCover.Proposal, GrantCover.Grant>(county, http, tokens, counties, (database, proposal) => GrantCover.Propose(database, proposal, calendar.UtcNow, http.RequestAborted), grant => grant));
        group.MapPost("/cover-grants/{number:long}/decision", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<GrantCover.Decision, GrantCover.Grant>(county, http, tokens, counties, (database, decision) => GrantCover.Decide(database, county, number, decision, calendar.UtcNow, bell, http.RequestAborted), grant => grant));
        group.MapGet("/cover-grants", (string county, string? psn_no, string? state, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Page(county, http, tokens, counties, limit, (database, size) => GrantCover.List(database, psn_no, state, after ?? 0, size, http.RequestAborted), "grants", grant => grant.GrantNo));
    }
}
