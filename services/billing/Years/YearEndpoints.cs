using MedInsure.Billing.Bills;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Billing.Years;

/// <summary>Years of contribution and retirement under /billing/{county}, for operators. README.md lists them.</summary>
internal static class YearEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/contribution-months/{psnNo}", Months);
        county.MapPost("/month-decisions", Decide);
        county.MapPost("/month-decisions/{decisionNo:long}/revocation", Revoke);
        county.MapGet("/month-decisions", Decisions);
        county.MapGet("/retirement-test/{psnNo}", Try);
        county.MapPost("/retirements", Retire);
        county.MapPost("/retirements/{retirementNo:long}/withdrawal", Withdraw);
        county.MapGet("/retirements", Retirements);
    }

    private static Task<IResult> Months(string county, string psnNo, string? insutype, int? until, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await ContributionYears.Read(request.Database, psnNo, insutype, until ?? Month.Of(calendar.Today), request.Cancellation)));

    private static Task<IResult> Decide(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<DecideMonths.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await DecideMonths.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> Revoke(string county, long decisionNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<DecideMonths.Revocation>() is not { } revocation ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await DecideMonths.Revoke(request.Database, decisionNo, revocation, calendar, request.Cancellation)));

    private static Task<IResult> Decisions(string county, string? psn_no, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        string.IsNullOrEmpty(psn_no) ? Refusals.NumberMissing.ToProblem() : Results.Json(new { decisions = await DecideMonths.List(request.Database, psn_no, request.Cancellation) }, BillingJson.Options));

    private static Task<IResult> Try(string county, string psnNo, string? insutype, int? from_month, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await GrantRetirement.Try(request.Database, psnNo, insutype, from_month ?? Month.Of(calendar.Today), request.Cancellation)));

    private static Task<IResult> Retire(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<GrantRetirement.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await GrantRetirement.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> Withdraw(string county, long retirementNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<WithdrawRetirement.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await WithdrawRetirement.Execute(request.Database, retirementNo, order, calendar, request.Cancellation)));

    private static Task<IResult> Retirements(string county, string? psn_no, long? after, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        Results.Json(new { retirements = await GrantRetirement.List(request.Database, psn_no, after, request.Cancellation) }, BillingJson.Options));
}
