using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.WardChecks;

/// <summary>Ward checks under /audit/{county}/ward-checks.</summary>
internal static class WardCheckEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/ward-checks", (string county, HttpContext http, AuditDesk desk, CaseOffice office, FieldTerms terms) =>
            desk.Act<RecordWardCheck.Order, object>(county, http, (request, order) => RecordWardCheck.Execute(request, office, terms, order)));
        county.MapPost("/ward-checks/{check:long}/withdrawal", (string county, long check, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<RecordWardCheck.Withdrawal, object>(county, http, (request, order) => RecordWardCheck.Withdraw(request, calendar, check, order)));
        county.MapGet("/ward-checks", (string county, string? fixmedins_code, string? from_on, string? to_on, bool? below, int? page, int? page_size, HttpContext http, AuditDesk desk) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await ShowWardCheck.List(request, fixmedins_code, from_on, to_on, below == true, page, page_size))));
        county.MapGet("/ward-checks/{check:long}", (string county, long check, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
        {
            await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
            return AuditDesk.Answer(await ShowWardCheck.Of(connection, check, request.Cancellation));
        }));
    }
}
