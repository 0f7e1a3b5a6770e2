using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Billing.Accounts;

/// <summary>Personal accounts, under /billing/{county}, for operators. README.md lists them.</summary>
internal static class AccountEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/accounts/{psnNo}", Statement);
        county.MapPost("/account-payouts", Propose);
        county.MapPost("/account-payouts/{payoutNo:long}/decision", Decide);
        county.MapPost("/account-payouts/{payoutNo:long}/payees/{lineNo:int}/payment", Pay);
        county.MapGet("/account-payouts", Payouts);
        county.MapGet("/account-transfers", Transfers);
        county.MapPost("/interest-runs", StartInterest);
        county.MapGet("/interest-runs", InterestRuns);
        county.MapGet("/interest-runs/{runNo:long}", Interest);
    }

    private static Task<IResult> Statement(string county, string psnNo, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request => page_size is <= 0 ? Refusals.PageSizeInvalid.ToProblem()
        : BillingDesk.Answer(await GetAccountStatement.Read(request.Database, new GetAccountStatementRequest { PsnNo = psnNo, AfterEntryNo = after ?? 0, PageSize = page_size ?? 0 }, request.Cancellation), GetAccountStatement.Render));

    private static Task<IResult> Propose(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<ProposePayout.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await ProposePayout.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> Decide(string county, long payoutNo, HttpContext http, BillingDesk desk, Settlement.SettlementClient settlement, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<DecidePayout.Decision>() is not { } decision ? Refusals.BodyMalformed.ToProblem()
            : BillingDesk.Answer(await DecidePayout.Execute(request.County, request.Database, settlement, payoutNo, decision, calendar, request.Cancellation)));

    private static Task<IResult> Pay(string county, long payoutNo, int lineNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<PayPayee.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await PayPayee.Execute(request.Database, payoutNo, lineNo, order, calendar, request.Cancellation)));

    private static Task<IResult> Payouts(string county, string? state, string? psn_no, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await PayoutRow.List(request.Database, state, psn_no, after, page_size, request.Cancellation)));

    private static Task<IResult> Transfers(string county, bool? open, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await TransferList.Read(request.Database, open ?? true, after, page_size, request.Cancellation)));

    private static Task<IResult> StartInterest(string county, HttpContext http, BillingDesk desk, InterestWorker worker, ChinaCalendar calendar) => desk.Open(county, http, async request =>
    {
        if (await request.Body<StartInterestRun.Order>() is not { } order) return Refusals.BodyMalformed.ToProblem();
        var started = await StartInterestRun.Execute(request.Database, order, calendar, request.Cancellation);
        if (started.Refusal is null) worker.Ring(county);
        return BillingDesk.Answer(started);
    });

    private static Task<IResult> InterestRuns(string county, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        Results.Json(new { Runs = await StartInterestRun.List(request.Database, request.Cancellation) }, BillingJson.Options));

    private static Task<IResult> Interest(string county, long runNo, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        await StartInterestRun.Find(request.Database, runNo, request.Cancellation) is { } run ? Results.Json(run, BillingJson.Options) : AccountRefusals.InterestRunUnknown.ToProblem());
}
