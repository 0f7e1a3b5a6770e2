using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Identity;

/// <summary>Cards, agents and e-credentials for operators, under /enrolment/{county}; authorization Bearer.</summary>
internal static class IdentityEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/cards", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<CardRegister.NewCard, CardRegister.Card>(county, http, tokens, counties, (database, card) => CardRegister.Register(database, card, calendar.UtcNow, http.RequestAborted), card => card));
        group.MapPost("/cards/state", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<CardRegister.Report, CardRegister.Card>(county, http, tokens, counties, (database, report) => CardRegister.SetState(database, report, calendar.UtcNow, http.RequestAborted), card => card));
        group.MapGet("/cards/{psnNo}", (string county, string psnNo, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Look(county, http, tokens, counties, database => CardRegister.History(database, psnNo, http.RequestAborted)));
        group.MapPost("/agents", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<AgentAuthorities.NewAuthority, long>(county, http, tokens, counties, (database, authority) => AgentAuthorities.Record(database, authority, calendar.UtcNow, http.RequestAborted), number => new { authority_no = number }));
        group.MapPost("/agents/{number:long}/revocation", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<AgentAuthorities.Revocation, long>(county, http, tokens, counties, (database, revocation) => AgentAuthorities.Revoke(database, number, revocation, calendar.UtcNow, http.RequestAborted), of => new { authority_no = of }));
        group.MapGet("/agents/{psnNo}", (string county, string psnNo, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Look(county, http, tokens, counties, database => AgentAuthorities.Of(database, psnNo, http.RequestAborted)));
        group.MapPost("/e-credentials", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, IConfiguration configuration) =>
            EnrolmentEndpoints.Act<IssueECredential.Request, IssueECredential.Issued>(county, http, tokens, counties, (database, request) => IssueECredential.Execute(database, configuration, county, request, calendar, http.RequestAborted), issued => issued));
        group.MapPost("/e-credentials/revocation", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<RevokeECredentials.Request, int>(county, http, tokens, counties, (database, request) => RevokeECredentials.Execute(database, request, calendar.UtcNow, http.RequestAborted), count => new { revoked = count }));
    }
}
