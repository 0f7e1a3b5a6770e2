using MedInsure.FraudAudit.Sanctions;
using MedInsure.Kernel;
using MedInsure.Reference;
using Microsoft.AspNetCore.Mvc;

namespace MedInsure.FraudAudit.Credit;

/// <summary>
/// Below /audit/{county}: GET /credit/acts?fixmedins_code=&amp;state=&amp;effect=&amp;page=&amp;page_size=, POST /credit/acts {request_key, fixmedins_code, grade, from_on, reason, proposed_by},
/// POST /credit/acts/{act_no}/decision {approved, approver, remark}.
/// </summary>
internal static class CreditActEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/credit/acts", Acts);
        county.MapPost("/credit/acts", Propose);
        county.MapPost("/credit/acts/{actNo:long}/decision", Decide);
    }

    private static Task<IResult> Acts(string county, HttpContext http, AuditDesk desk, [FromQuery(Name = "fixmedins_code")] string? fixmedinsCode, string? state, string? effect, int? page,
        [FromQuery(Name = "page_size")] int? pageSize) => desk.Open(county, http, async request => AuditDesk.Answer(await CreditActRow.List(request, fixmedinsCode, state, effect, page, pageSize)));

    private static Task<IResult> Propose(string county, HttpContext http, AuditDesk desk, SanctionLadder ladder, ReferenceData reference, ChinaCalendar calendar) => desk.Act<ProposeCreditAct.Order, CreditActRow>(county, http, async (request, order) =>
        reference.Find(request.County.CityCode) is { } city ? await ProposeCreditAct.Execute(request, ladder.Credit, city, order, calendar.UtcNow) : ReferenceData.NotLoaded);

    private static Task<IResult> Decide(string county, long actNo, HttpContext http, AuditDesk desk, SanctionLadder ladder, CreditEffectWorker worker, ChinaCalendar calendar) => desk.Act<DecideCreditAct.Decision, CreditActRow>(county, http, async (request, decision) =>
    {
        var outcome = await DecideCreditAct.Execute(request, ladder.Credit, actNo, decision, calendar.UtcNow);
        if (outcome.Refusal is null) worker.Ring(county);
        return outcome;
    });
}
