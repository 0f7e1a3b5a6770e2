using MedInsure.Kernel;

namespace MedInsure.FraudAudit.RuleSettings;

/// <summary>Below /audit/{county}: GET /rules?day=, GET /rule-settings?rule=&amp;state=&amp;page=&amp;page_size=, POST /rule-settings, POST /rule-settings/{setting_no}/decision.</summary>
internal static class RuleSettingEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/rules", Rules);
        county.MapGet("/rule-settings", Settings);
        county.MapPost("/rule-settings", Propose);
        county.MapPost("/rule-settings/{settingNo:long}/decision", Decide);
    }

    private static Task<IResult> Rules(string county, string? day, HttpContext http, AuditDesk desk, RuleSets ruleSets, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        AuditDesk.Answer(ListRules.Execute(ruleSets.Book, await ruleSets.Newest(county, request.Cancellation), day, calendar.Today)));

    private static Task<IResult> Settings(string county, string? rule, string? state, int? page, int? page_size, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
        AuditDesk.Answer(await RuleSettingRow.List(request.Database, rule, state, page, page_size, request.Cancellation)));

    private static Task<IResult> Propose(string county, HttpContext http, AuditDesk desk, RuleSets ruleSets, ChinaCalendar calendar) => desk.Act<ProposeRuleSetting.Order, RuleSettingRow>(county, http, (request, order) =>
        ProposeRuleSetting.Execute(request.Database, ruleSets.Book, order, calendar.UtcNow, request.Cancellation));

    private static Task<IResult> Decide(string county, long settingNo, HttpContext http, AuditDesk desk, RuleSets ruleSets, ChinaCalendar calendar) => desk.Act<DecideRuleSetting.Decision, RuleSettingRow>(county, http, async (request, decision) =>
    {
        var outcome = await DecideRuleSetting.Execute(request.Database, settingNo, decision, calendar.UtcNow, request.Cancellation);
        if (outcome is { IsRefused: false, Value.State: "approved" }) await ruleSets.Newest(county, request.Cancellation);
        return outcome;
    });
}
