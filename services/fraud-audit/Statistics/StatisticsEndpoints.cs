using MedInsure.FraudAudit.RuleSettings;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Statistics;

/// <summary>Figures against peers, under /audit/{county}/statistics. README.md says what they mean.</summary>
internal static class StatisticsEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/statistics/measures", (string county, HttpContext http, AuditDesk desk) => desk.Open(county, http, _ =>
            Task.FromResult(Results.Json(new { measures = Measure.All.Select(m => new { m.Code, m.Name, m.NameEn, m.Unit, Subjects = m.Subjects.Select(s => s.Code), m.CasesMin }) }, AuditJson.Options))));
        county.MapGet("/statistics/{month}/outliers", (string county, string month, string? subject, string? measure, string? key, decimal? score_min, int? page, int? page_size, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await ListOutliers.Query(request, month, new(subject, measure, key, score_min, page, page_size), calendar))));
        county.MapGet("/statistics/{month}/positive-rates", (string county, string month, string? subject, string? key, string? kind, string? fixmedins_code, bool? below, int? page, int? page_size, HttpContext http, AuditDesk desk, RuleSets rules, ChinaCalendar calendar) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await PositiveRates.Query(request, await rules.Newest(county, request.Cancellation), month, new(subject, key, kind, fixmedins_code, below, page, page_size), calendar))));
    }
}
