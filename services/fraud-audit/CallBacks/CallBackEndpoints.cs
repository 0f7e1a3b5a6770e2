using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.CallBacks;

/// <summary>Calls to patients under /audit/{county}/call-backs. README.md of FieldWork lists the paths.</summary>
internal static class CallBackEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/call-backs/draws", (string county, HttpContext http, AuditDesk desk, FieldTerms terms, ChinaCalendar calendar) =>
            desk.Act<DrawCallBacks.Order, object>(county, http, (request, order) => DrawCallBacks.Execute(request, terms, calendar, order)));
        county.MapPost("/call-backs/resamples", (string county, HttpContext http, AuditDesk desk, FieldTerms terms, ChinaCalendar calendar) =>
            desk.Act<DrawCallBacks.Resample, object>(county, http, (request, order) => DrawCallBacks.Again(request, terms, calendar, order)));
        county.MapPost("/call-backs/draws/{draw:long}/assignment", (string county, long draw, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<AssignCallBacks.Order, object>(county, http, (request, order) => AssignCallBacks.Execute(request, calendar, draw, order)));
        county.MapPost("/call-backs/{call:long}/attempts", (string county, long call, HttpContext http, AuditDesk desk, FieldTerms terms, ChinaCalendar calendar) =>
            desk.Act<RecordCall.Order, object>(county, http, (request, order) => RecordCall.Execute(request, terms, calendar, call, order)));
        county.MapGet("/call-backs", (string county, long? draw_no, string? state, string? place, string? assignee, string? fixmedins_code, string? psn_no, string? result, bool? doubt, string? due_by, int? page, int? page_size, HttpContext http, AuditDesk desk, FieldTerms terms) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await ListCallBacks.Query(request, terms.Calls, new ListCallBacks.Filter(draw_no, state, place, assignee, fixmedins_code, psn_no, result, doubt, due_by), page, page_size))));
        county.MapGet("/call-backs/draws", (string county, int? page, int? page_size, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request => AuditDesk.Answer(await ListCallBacks.DrawList(request, page, page_size))));
        county.MapGet("/call-backs/places", (string county, int? page, int? page_size, HttpContext http, AuditDesk desk, FieldTerms terms, ChinaCalendar calendar) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await ListCallBacks.Places(request, terms.Calls, calendar.Today, page, page_size))));
        county.MapGet("/call-backs/scripts", (string county, HttpContext http, AuditDesk desk, FieldTerms terms) => desk.Open(county, http, _ => Task.FromResult(Results.Json(new { terms.Calls.Scripts, terms.Calls.Results }, AuditJson.Options))));
        county.MapGet("/call-backs/{call:long}", (string county, long call, HttpContext http, AuditDesk desk, FieldTerms terms) => desk.Open(county, http, async request => AuditDesk.Answer(await ListCallBacks.One(request, terms.Calls, call))));
    }
}
