using MedInsure.Kernel;
using MedInsure.Reference;
using Microsoft.AspNetCore.Mvc;

namespace MedInsure.FraudAudit.Doctors;

/// <summary>
/// Below /audit/{county}: GET /doctors?year=&amp;doctor_code=&amp;points_min=&amp;page=&amp;page_size=, GET /doctors/acts?doctor_code=&amp;kind=&amp;state=&amp;effect=&amp;page=&amp;page_size=, POST /doctors/acts, POST /doctors/acts/{act_no}/decision,
/// POST /doctors/acts/{act_no}/effect {request_key, by, reason, give_up}: what provider-registry refused is told again.
/// </summary>
internal static class DoctorEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/doctors", Points);
        county.MapGet("/doctors/acts", Acts);
        county.MapPost("/doctors/acts", Propose);
        county.MapPost("/doctors/acts/{actNo:long}/decision", Decide);
        county.MapPost("/doctors/acts/{actNo:long}/effect", (string county, long actNo, HttpContext http, AuditDesk desk, DoctorEffectWorker worker, ChinaCalendar calendar) => desk.Act<RetryDoctorEffect.Order, DoctorActRow>(county, http, async (request, order) =>
            Rung(await RetryDoctorEffect.Execute(request, actNo, order, calendar.UtcNow), county, worker)));
    }

    private static Task<IResult> Points(string county, HttpContext http, AuditDesk desk, DoctorTerms terms, ChinaCalendar calendar, int? year, [FromQuery(Name = "doctor_code")] string? doctorCode, [FromQuery(Name = "points_min")] int? pointsMin,
        int? page, [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await ListDoctorPoints.Query(request, terms, year, doctorCode, pointsMin, page, pageSize, calendar.Today)));

    private static Task<IResult> Acts(string county, HttpContext http, AuditDesk desk, [FromQuery(Name = "doctor_code")] string? doctorCode, string? kind, string? state, string? effect, int? page,
        [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await DoctorActRow.List(request, doctorCode, kind, state, effect, page, pageSize)));

    private static Task<IResult> Propose(string county, HttpContext http, AuditDesk desk, DoctorTerms terms, ReferenceData reference, ChinaCalendar calendar) => desk.Act<ProposeDoctorAct.Order, DoctorActRow>(county, http, async (request, order) =>
        reference.Find(request.County.CityCode) is { } city ? await ProposeDoctorAct.Execute(request, terms, city, order, calendar.UtcNow) : ReferenceData.NotLoaded);

    private static Task<IResult> Decide(string county, long actNo, HttpContext http, AuditDesk desk, DoctorTerms terms, DoctorEffectWorker worker, ChinaCalendar calendar) => desk.Act<DecideDoctorAct.Decision, DoctorActRow>(county, http, async (request, decision) =>
        Rung(await DecideDoctorAct.Execute(request, terms, actNo, decision, calendar.UtcNow), county, worker));

    private static Outcome<DoctorActRow> Rung(Outcome<DoctorActRow> outcome, string county, DoctorEffectWorker worker)
    {
        if (!outcome.IsRefused) worker.Ring(county);
        return outcome;
    }
}
