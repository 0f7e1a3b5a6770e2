using MedInsure.FraudAudit.Rules;
using Microsoft.AspNetCore.Mvc;

namespace MedInsure.FraudAudit.Findings;

/// <summary>
/// GET /audit/{county}/findings?from&amp;to&amp;rule&amp;state&amp;fixmedins_code&amp;doctor_code&amp;department_code&amp;psn_no&amp;setl_id&amp;certain&amp;severity&amp;min_in_scope&amp;case_no&amp;sort&amp;page&amp;page_size; findings/{no};
/// findings/sums?by=rule|provider|doctor|department|month with the same filters; findings/precision?from_month&amp;to_month: of each rule, how often it was right.
/// </summary>
internal static class FindingEndpoints
{
    /// <summary>The query of the address, in its own words.</summary>
    internal sealed class Asked
    {
        [FromQuery(Name = "from")] public string? From { get; init; }
        [FromQuery(Name = "to")] public string? To { get; init; }
        [FromQuery(Name = "rule")] public string? Rule { get; init; }
        [FromQuery(Name = "state")] public string? State { get; init; }
        [FromQuery(Name = "fixmedins_code")] public string? FixmedinsCode { get; init; }
        [FromQuery(Name = "doctor_code")] public string? DoctorCode { get; init; }
        [FromQuery(Name = "department_code")] public string? DepartmentCode { get; init; }
        [FromQuery(Name = "psn_no")] public string? PsnNo { get; init; }
        [FromQuery(Name = "setl_id")] public string? SetlId { get; init; }
        [FromQuery(Name = "certain")] public bool? Certain { get; init; }
        [FromQuery(Name = "severity")] public int? Severity { get; init; }
        [FromQuery(Name = "min_in_scope")] public decimal? MinInScope { get; init; }
        [FromQuery(Name = "case_no")] public long? CaseNo { get; init; }
        [FromQuery(Name = "sort")] public string? Sort { get; init; }
        [FromQuery(Name = "page")] public int? Page { get; init; }
        [FromQuery(Name = "page_size")] public int? PageSize { get; init; }

        public SearchFindings.Filter Filter => new(From, To, Rule, State, FixmedinsCode, DoctorCode, DepartmentCode, PsnNo, SetlId, Certain, Severity, MinInScope, CaseNo, Sort, Page, PageSize);
    }

    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/findings", (string county, HttpContext http, AuditDesk desk, RuleBook book, [AsParameters] Asked asked) => desk.Open(county, http, async request => AuditDesk.Answer(await SearchFindings.Query(request, book, asked.Filter))));
        county.MapGet("/findings/{no:long}", (string county, long no, HttpContext http, AuditDesk desk, RuleBook book) => desk.Open(county, http, async request => AuditDesk.Answer(await SearchFindings.One(request, book, no))));
        county.MapGet("/findings/sums", (string county, HttpContext http, AuditDesk desk, string? by, [AsParameters] Asked asked) => desk.Open(county, http, async request => AuditDesk.Answer(await SearchFindings.SumsBy(request, by ?? "rule", asked.Filter))));
        county.MapGet("/findings/precision", (string county, HttpContext http, AuditDesk desk, RuleBook book, [FromQuery(Name = "from_month")] string? from, [FromQuery(Name = "to_month")] string? to) => desk.Open(county, http, async request =>
            AuditDesk.Answer(await RulePrecision.Query(request, book, from, to))));
    }
}
