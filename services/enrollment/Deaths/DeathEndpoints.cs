using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Deaths;

/// <summary>Deaths for operators, under /enrolment/{county}; authorization Bearer.</summary>
internal static class DeathEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/deaths", (string county, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<RecordDeath.Order, RecordDeath.Death>(county, http, tokens, counties, (database, order) => RecordDeath.Execute(database, county, order, calendar, bell, http.RequestAborted), death => death));
        group.MapGet("/deaths", (string county, string? psn_no, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Page(county, http, tokens, counties, limit, (database, size) => RecordDeath.List(database, psn_no, after ?? 0, size, http.RequestAborted), "deaths", death => death.DeathNo));
        group.MapImport<ImportDeaths, DeathRow>("/deaths/list", http => TwoPeople.Name(http.Request.Query["by"], "by") is { } nobody ? nobody
            : EnrolmentEndpoints.Served(http, county => ActivatorUtilities.CreateInstance<ImportDeaths>(http.RequestServices, county, ((string)http.Request.Query["by"]!).Trim())));
        group.MapPost("/deaths/{number:long}/undoing", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar) =>
            EnrolmentEndpoints.Act<UndoDeath.Proposal, UndoDeath.Undoing>(county, http, tokens, counties, (database, proposal) => UndoDeath.Propose(database, number, proposal, calendar.UtcNow, http.RequestAborted), undoing => undoing));
        group.MapGet("/death-undoings", (string county, string? state, long? after, int? limit, HttpContext http, BearerTokens tokens, ServedCounties counties) =>
            EnrolmentEndpoints.Page(county, http, tokens, counties, limit, (database, size) => UndoDeath.List(database, state, after ?? 0, size, http.RequestAborted), "undoings", undoing => undoing.UndoingNo));
        group.MapPost("/death-undoings/{number:long}/decision", (string county, long number, HttpContext http, BearerTokens tokens, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) =>
            EnrolmentEndpoints.Act<UndoDeath.Decision, UndoDeath.Undoing>(county, http, tokens, counties, (database, decision) => UndoDeath.Decide(database, county, number, decision, calendar, bell, http.RequestAborted), undoing => undoing));
    }
}
