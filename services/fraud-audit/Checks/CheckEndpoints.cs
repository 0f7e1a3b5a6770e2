using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Checks;

/// <summary>GET /audit/{county}/checks?from&amp;to&amp;rule&amp;fixmedins_code&amp;doctor_code&amp;mdtrt_id&amp;choice&amp;page&amp;page_size: what checks found before settlements, with the answers to it (3103).</summary>
internal static class CheckEndpoints
{
    public static void Map(RouteGroupBuilder county) => county.MapGet("/checks", (string county, HttpContext http, AuditDesk desk, ChinaCalendar calendar, string? from, string? to, string? rule,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "fixmedins_code")] string? fixmedinsCode, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "doctor_code")] string? doctorCode,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "mdtrt_id")] string? mdtrtId, string? choice, int? page, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "page_size")] int? pageSize) =>
        desk.Open(county, http, async request => AuditDesk.Answer(await ListChecks.Query(request, new ListChecks.Filter(from, to, rule, fixmedinsCode, doctorCode, mdtrtId, choice, page, pageSize), calendar.Today))));
}
