using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Transfers;

/// <summary>Moves between pooling areas for operators, under /enrolment/{county}; authorization Bearer.</summary>
internal static class TransferEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/transfers", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<TransferPerson.Proposal, TransferPerson.Transfer>(county, http, tokens, counties,
                (database, proposal) => TransferPerson.Propose(database, counties.Tenant(county), proposal, calendar, http.RequestAborted), transfer => transfer));
        group.MapGet("/transfers", (string county, string? psn_no, string? state, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Page(county, http, tokens, counties, limit, (database, size) => TransferPerson.List(database, psn_no, state, after ?? 0, size, http.RequestAborted), "transfers", transfer => transfer.TransferNo));
        group.MapPost("/transfers/{number:long}/decision", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<TransferPerson.Decision, TransferPerson.Transfer>(county, http, tokens, counties,
                (database, decision) => TransferPerson.Decide(database, county, number, decision, calendar, bell, http.RequestAborted), transfer => transfer));
        group.MapGet("/transfers/{number:long}/certificate", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Desk(county, http, tokens, counties, async database => await TransferCertificate.Read(database, counties.Tenant(county), number, http.RequestAborted) is var page && page.Refusal is { } refusal
                ? refusal.ToProblem() : Results.Content(page.Value, "text/html; charset=utf-8")));
    }
}
