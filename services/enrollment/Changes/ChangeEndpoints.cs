using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Changes;

/// <summary>Changes of persons' data for operators, under /enrolment/{county}; authorization Bearer.</summary>
internal static class ChangeEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/key-data-changes", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<ChangeKeyData.Proposal, PersonChange>(county, http, tokens, counties, (database, proposal) => ChangeKeyData.Propose(database, proposal, calendar, http.RequestAborted), change => change));
        group.MapGet("/key-data-changes", (string county, string? psn_no, string? state, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Page(county, http, tokens, counties, limit, (database, size) => ChangeKeyData.List(database, psn_no, state, after ?? 0, size, http.RequestAborted), "changes", change => change.ChangeNo));
        group.MapPost("/key-data-changes/{number:long}/decision", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<ChangeKeyData.Decision, PersonChange>(county, http, tokens, counties, (database, decision) => ChangeKeyData.Decide(database, county, number, decision, calendar, bell, http.RequestAborted), change => change));
        group.MapPost("/household-changes", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<ChangeHousehold.Order, PersonChange>(county, http, tokens, counties, (database, order) => ChangeHousehold.Execute(database, county, order, calendar.UtcNow, bell, http.RequestAborted), change => change));
        group.MapGet("/persons/{psnNo}/history", (string county, string psnNo, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Look(county, http, tokens, counties, database => ChangesOfPerson.Read(database, psnNo, http.RequestAborted)));
    }
}
