using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Billing.Refunds;

/// <summary>Money that goes back, under /billing/{county}, for operators. README.md lists them.</summary>
internal static class RefundEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/refunds", Propose);
        county.MapPost("/refunds/{refundNo:long}/decision", Decide);
        county.MapPost("/refunds/{refundNo:long}/pay-out", PayOut);
        county.MapGet("/refunds", Refunds);
    }

    private static Task<IResult> Propose(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<ProposeRefund.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await ProposeRefund.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> Decide(string county, long refundNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<DecideRefund.Decision>() is not { } decision ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await DecideRefund.Execute(request.Database, refundNo, decision, calendar, request.Cancellation)));

    private static Task<IResult> PayOut(string county, long refundNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<PayOutRefund.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await PayOutRefund.Execute(request.Database, refundNo, order, calendar, request.Cancellation)));

    private static Task<IResult> Refunds(string county, string? state, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await RefundRow.List(request.Database, state, after, page_size, request.Cancellation)));
}
