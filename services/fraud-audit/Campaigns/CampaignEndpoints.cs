using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.FraudAudit.Campaigns;

/// <summary>Campaigns under /audit/{county}/campaigns.</summary>
internal static class CampaignEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/campaigns", (string county, HttpContext http, AuditDesk desk, CaseOffice office, RuleBook book) => desk.Act<OpenCampaign.Order, object>(county, http, (request, order) => OpenCampaign.Execute(request, office, book, order)));
        county.MapPost("/campaigns/{campaign:long}/reports", (string county, long campaign, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<RecordReport.Order, object>(county, http, (request, order) => RecordReport.Execute(request, calendar, campaign, order)));
        county.MapPost("/campaigns/{campaign:long}/closing", (string county, long campaign, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<OpenCampaign.Closing, object>(county, http, (request, order) => OpenCampaign.Close(request, calendar, campaign, order)));
        county.MapPost("/campaigns/items/{item:long}/refund", (string county, long item, HttpContext http, AuditDesk desk, ChinaCalendar calendar, AuditMoney.AuditMoneyClient money) =>
            desk.Act<ConfirmRefund.Order, object>(county, http, (request, order) => ConfirmRefund.Execute(request, calendar, money, item, order)));
        county.MapPost("/campaigns/items/{item:long}/strike", (string county, long item, HttpContext http, AuditDesk desk, ChinaCalendar calendar) =>
            desk.Act<ConfirmRefund.Strike, object>(county, http, (request, order) => ConfirmRefund.StrikeOut(request, calendar, item, order)));
        county.MapGet("/campaigns", (string county, string? kind, bool? open, string? fixmedins_code, int? page, int? page_size, HttpContext http, AuditDesk desk) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await ShowCampaign.List(request, kind, open, fixmedins_code, page, page_size))));
        county.MapGet("/campaigns/{campaign:long}", (string county, long campaign, HttpContext http, AuditDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        {
            await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
            return AuditDesk.Answer(await ShowCampaign.Of(connection, campaign, calendar.Today, request.Cancellation));
        }));
        county.MapGet("/campaigns/{campaign:long}/items", (string county, long campaign, string? fixmedins_code, string? state, int? page, int? page_size, HttpContext http, AuditDesk desk) =>
            desk.Open(county, http, async request => AuditDesk.Answer(await ShowCampaign.Items(request, campaign, fixmedins_code, state, page, page_size))));
    }
}
