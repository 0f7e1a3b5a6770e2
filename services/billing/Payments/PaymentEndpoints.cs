using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Billing.Payments;

/// <summary>Money that comes in, under /billing/{county}: for operators, and for online channels their callback. README.md lists them.</summary>
internal static class PaymentEndpoints
{
    private const int CallbackBytesMax = 65_536;

    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/counter-payments", Take);
        county.MapPost("/counter-closings", Close);
        county.MapGet("/counter-closings", Closings);
        county.MapPost("/village-hand-ins", HandIn);
        county.MapGet("/village-hand-ins", HandIns);
        county.MapPost("/online-orders", Order);
        county.MapPost("/online-callbacks/{channel}", Confirm);
        county.MapGet("/payments", Payments);
        county.MapGet("/payments/{paymentNo:long}", Payment);
        county.MapGet("/receipts/{receiptNo:long}", Receipt);
        county.MapGet("/suspense", Suspense);
        county.MapPost("/suspense/{suspenseNo:long}/allocation", Allocate);
        county.MapGet("/money", Money);
    }

    private static Task<IResult> Take(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<TakeCounterPayment.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await TakeCounterPayment.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> Close(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<CloseCounter.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await CloseCounter.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> Closings(string county, string? day, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        PaymentTexts.IsDay(day, out var on) ? Results.Json(new { closings = await CloseCounter.List(request.Database, on, request.Cancellation) }, BillingJson.Options) : PaymentRefusals.DayInvalid.ToProblem());

    private static Task<IResult> HandIn(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<HandInVillage.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await HandInVillage.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> HandIns(string county, string? day, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        PaymentTexts.IsDay(day, out var on) ? Results.Json(new { hand_ins = await HandInVillage.List(request.Database, on, request.Cancellation) }, BillingJson.Options) : PaymentRefusals.DayInvalid.ToProblem());

    private static Task<IResult> Order(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<OrderOnlinePayment.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await OrderOnlinePayment.Execute(request.Database, order, calendar, request.Cancellation)));

    /// <summary>The channel has no token of ours: its signature lets it in.</summary>
    private static async Task<IResult> Confirm(string county, string channel, HttpContext http, BillingDesk desk, IConfiguration configuration, ChinaCalendar calendar)
    {
        if (http.Request.ContentLength is not (> 0 and <= CallbackBytesMax)) return Refusals.BodyMalformed.ToProblem();
        var body = new byte[http.Request.ContentLength.Value];
        await http.Request.Body.ReadExactlyAsync(body, http.RequestAborted);
        if (ConfirmOnlinePayment.Authenticate(configuration, channel, http.Request.Headers["x-channel-timestamp"].ToString(), http.Request.Headers["x-channel-signature"].ToString(), http.Request.Path, body, calendar.UtcNow) is { } stranger)
            return stranger.ToProblem();
        return await desk.Admit(county, http, async request => BillingDesk.Answer(await ConfirmOnlinePayment.Execute(request.Database, channel, body, calendar, request.Cancellation)));
    }

    private static Task<IResult> Payments(string county, string? channel, string? day, string? psn_no, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
    {
        DateOnly? on = null;
        if (!string.IsNullOrEmpty(day)) { if (PaymentTexts.IsDay(day, out var read)) on = read; else return PaymentRefusals.DayInvalid.ToProblem(); }
        return BillingDesk.Answer(await PaymentBook.List(request.Database, new(channel, on, psn_no, after, page_size), request.Cancellation));
    });

    private static Task<IResult> Payment(string county, long paymentNo, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        await PaymentBook.Find(request.Database, paymentNo, request.Cancellation) is { } payment ? Results.Json(payment, BillingJson.Options) : PaymentRefusals.PaymentUnknown.ToProblem());

    private static Task<IResult> Receipt(string county, long receiptNo, string? format, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
    {
        if (await PaymentBook.FindReceipt(request.Database, county, receiptNo, request.Cancellation) is not { } receipt) return PaymentRefusals.ReceiptUnknown.ToProblem();
        return format == "html" ? Results.Content(ReceiptPage.Render(request.County, receipt), "text/html; charset=utf-8") : Results.Json(receipt, BillingJson.Options);
    });

    private static Task<IResult> Suspense(string county, string? state, string? reason, string? channel, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await SuspenseList.Read(request.Database, new(state, reason, channel, after, page_size), request.Cancellation)));

    private static Task<IResult> Allocate(string county, long suspenseNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<AllocateSuspense.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await AllocateSuspense.Execute(request.Database, suspenseNo, order, calendar, request.Cancellation)));

    private static Task<IResult> Money(string county, string? from, string? to, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        PaymentTexts.IsDay(from, out var first) && PaymentTexts.IsDay(to, out var last) ? Results.Json(new { days = await PaymentBook.Days(request.Database, first, last, request.Cancellation) }, BillingJson.Options)
            : PaymentRefusals.DayInvalid.ToProblem());
}
