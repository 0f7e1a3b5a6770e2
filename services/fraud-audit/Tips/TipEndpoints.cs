using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Rewards;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tips;

/// <summary>Tips and their rewards under /audit/{county}/tips and /rewards. Secrets travel in bodies, never in addresses.</summary>
internal static class TipEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/tips", (string county, HttpContext http, AuditDesk desk, TipVault vault, ChinaCalendar calendar) => desk.Act<RegisterTip.Order, RegisterTip.Registered>(county, http, (request, order) => RegisterTip.Execute(request, vault, calendar, order)));
        county.MapPost("/tips/{tip}/state", (string county, string tip, HttpContext http, AuditDesk desk) => desk.Act<AskTip.Question, AskTip.Told>(county, http, (request, question) => AskTip.Execute(request, tip, question)));
        county.MapPost("/tips/{tip}/assignment", (string county, string tip, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<ConcludeTip.Assignment, object>(county, http, (request, order) => ConcludeTip.Assign(request, calendar, tip, order)));
        county.MapPost("/tips/{tip}/conclusion", (string county, string tip, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<ConcludeTip.Order, object>(county, http, (request, order) => ConcludeTip.Execute(request, calendar, tip, order)));
        county.MapPost("/tips/{tip}/informer", (string county, string tip, HttpContext http, AuditDesk desk, TipVault vault, ChinaCalendar calendar) =>
            desk.Act<RevealInformer.Order, Informer>(county, http, (request, order) => RevealInformer.Execute(request, vault, calendar, tip, order)));
        county.MapGet("/tips", (string county, string? state, string? subject, string? handler, int? page, int? page_size, HttpContext http, AuditDesk desk) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await AskTip.List(request, state, subject, handler, page, page_size))));
        county.MapGet("/tips/{tip}", (string county, string tip, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request => AuditDesk.Answer(await AskTip.One(request, tip))));
        county.MapPost("/tips/{tip}/reward", (string county, string tip, HttpContext http, AuditDesk desk, CaseOffice office, FieldTerms terms) =>
            desk.Act<ProposeReward.Order, object>(county, http, (request, order) => ProposeReward.Execute(request, office, terms, tip, order)));
        county.MapPost("/rewards/{reward:long}/decision", (string county, long reward, HttpContext http, AuditDesk desk, CaseOffice office) =>
            desk.Act<DecideReward.Order, object>(county, http, (request, order) => DecideReward.Execute(request, office, reward, order)));
        county.MapPost("/rewards/{reward:long}/payment", (string county, long reward, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<DecideReward.Payment, object>(county, http, (request, order) => DecideReward.Pay(request, calendar, reward, order)));
        county.MapGet("/rewards", (string county, string? state, int? page, int? page_size, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request => AuditDesk.Answer(await RewardRow.List(request, state, page, page_size))));
    }
}
