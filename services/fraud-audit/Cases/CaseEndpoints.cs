using System.Text;
using System.Text.Json;
using MedInsure.FraudAudit.Notices;
using MedInsure.FraudAudit.Sanctions;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>Cases under /audit/{county}/cases, and what may be imposed. README.md lists the paths.</summary>
internal static class CaseEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/cases", (string county, HttpContext http, AuditDesk desk, CaseOffice office) => desk.Act<OpenCase.Order, object>(county, http, (request, order) => OpenCase.Execute(request, office, order)));
        county.MapGet("/cases", List);
        county.MapGet("/cases/effects", (string county, string? state, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request => Results.Json(await RetryEffect.List(request, state ?? "refused"), AuditJson.Options)));
        county.MapPost("/cases/effects/{effect:long}/retry", (string county, long effect, HttpContext http, AuditDesk desk, CaseOffice office) =>
            desk.Act<RetryEffect.Order, object>(county, http, (request, order) => RetryEffect.Execute(request, office, effect, order)));
        county.MapGet("/cases/{caseNo}", (string county, string caseNo, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request => AuditDesk.Answer(await ShowCase.Query(request, caseNo))));
        county.MapGet("/cases/{caseNo}/packet", Packet);
        Act<FileCase.Order>(county, "filing", FileCase.Execute);
        Act<FileCase.Dismissal>(county, "dismissal", FileCase.Dismiss);
        Act<AddEvidence.Order>(county, "evidence", AddEvidence.Execute);
        county.MapPost("/cases/{caseNo}/evidence/{evidence:int}/withdrawal", (string county, string caseNo, int evidence, HttpContext http, AuditDesk desk, CaseOffice office) =>
            desk.Act<AddEvidence.Withdrawal, object>(county, http, (request, order) => AddEvidence.Withdraw(request, office, caseNo, evidence, order)));
        Act<NotifyHearing.Order>(county, "hearing", NotifyHearing.Execute);
        Act<RecordStatement.Order>(county, "statement", RecordStatement.Execute);
        Act<ConcludeCase.Order>(county, "conclusion", ConcludeCase.Execute);
        Act<ConcludeCase.Return>(county, "return", ConcludeCase.SendBack);
        Act<DecideCase.Order>(county, "decision", DecideCase.Execute);
        Act<ReleaseDecision.Order>(county, "release", ReleaseDecision.Execute);
        Act<FileAppeal.Order>(county, "appeals", FileAppeal.Execute);
        Act<DecideAppeal.Order>(county, "appeals/decision", DecideAppeal.Execute);
        Act<ReCheck.Order>(county, "re-check", ReCheck.Execute);
        Act<HandOverCase.Order>(county, "hand-over", HandOverCase.Execute);
        Act<ReferCase.Order>(county, "referral", ReferCase.Execute);
        Act<CloseCase.Order>(county, "closing", CloseCase.Execute);
        county.MapGet("/sanctions", (string county, HttpContext http, AuditDesk desk, SanctionLadder ladder) => desk.Open(county, http, _ =>
            Task.FromResult(Results.Json(new { ladder.Steps, ladder.Terms, LadderSha256 = ladder.Sha256 }, AuditJson.Options))));
    }

    private static void Act<TOrder>(RouteGroupBuilder county, string path, Func<AuditRequest, CaseOffice, string, TOrder, Task<Outcome<object>>> act) where TOrder : CaseOrder =>
        county.MapPost($"/cases/{{caseNo}}/{path}", (string county, string caseNo, HttpContext http, AuditDesk desk, CaseOffice office) => desk.Act<TOrder, object>(county, http, (request, order) => act(request, office, caseNo, order)));

    private static Task<IResult> List(string county, string? state, string? subject, string? investigator, bool? overdue, int? page, int? page_size, HttpContext http, AuditDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await ListCases.Query(request, calendar.Today, state, subject, investigator, overdue == true, page ?? 1, page_size ?? 100)));

    /// <summary>The whole case as JSON, or as a printable page.</summary>
    private static Task<IResult> Packet(string county, string caseNo, string? format, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
    {
        var packet = await ShowCase.Query(request, caseNo);
        return packet.Refusal is { } refusal ? refusal.ToProblem()
            : NoticeEndpoints.WantsPage(format, http) ? Results.Content(NoticePage.Packet(caseNo, JsonSerializer.Serialize(packet.Value, AuditJson.Options)), "text/html; charset=utf-8", Encoding.UTF8) : AuditDesk.Answer(packet);
    });
}
