using MedInsure.Billing.Flexible;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Billing.Bills;

/// <summary>Monthly bills and what is paid for them, under /billing/{county}, for operators. README.md lists them.</summary>
internal static class BillEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/bill-runs", Start);
        county.MapGet("/bill-runs", Runs);
        county.MapGet("/bill-runs/{runNo:long}", Run);
        county.MapGet("/bills", List);
        county.MapGet("/bills/{billNo:long}", Find);
        county.MapGet("/bills/{billNo:long}/lines", Lines);
        county.MapGet("/bill-payers/{payerNo}", Payer);
        county.MapPost("/bill-payments", Take);
        county.MapPost("/suspense/{suspenseNo:long}/payer", Name);
        county.MapPost("/flexible-payments", TakeFlexible);
    }

    private static Task<IResult> Start(string county, HttpContext http, BillingDesk desk, Settlement.SettlementClient settlement, BillWorker worker, ChinaCalendar calendar) => desk.Open(county, http, async request =>
    {
        if (await request.Body<StartBillRun.Order>() is not { } order) return Refusals.BodyMalformed.ToProblem();
        var run = await StartBillRun.Execute(request.County, request.Database, settlement, order, calendar, request.Cancellation);
        if (!run.IsRefused) worker.Ring(county);
        return BillingDesk.Answer(run);
    });

    private static Task<IResult> Runs(string county, string? insutype, int? month, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        Results.Json(new { runs = await BillRun.List(request.Database, insutype, month, request.Cancellation) }, BillingJson.Options));

    private static Task<IResult> Run(string county, long runNo, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        await BillRun.Find(request.Database, runNo, request.Cancellation) is { } run ? Results.Json(run, BillingJson.Options) : BillRefusals.RunUnknown.ToProblem());

    private static Task<IResult> List(string county, string? payer_no, string? insutype, int? month, string? state, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await BillBook.List(request.Database, new(payer_no, insutype, month, state, after, page_size), request.Cancellation)));

    private static Task<IResult> Find(string county, long billNo, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        await BillBook.Find(request.Database, billNo, request.Cancellation) is { } bill ? Results.Json(bill, BillingJson.Options) : BillRefusals.BillUnknown.ToProblem());

    private static Task<IResult> Lines(string county, long billNo, string? psn_no, string? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await BillBook.ReadLines(request.Database, billNo, psn_no, after, page_size, request.Cancellation)));

    private static Task<IResult> Payer(string county, string payerNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        BillingDesk.Answer(await BillBook.ReadPayer(request.Database, payerNo, calendar.Today, request.Cancellation)));

    private static Task<IResult> Take(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<TakeBillPayment.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await TakeBillPayment.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> Name(string county, long suspenseNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<NamePayer.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await NamePayer.Execute(request.Database, suspenseNo, order, calendar, request.Cancellation)));

    private static Task<IResult> TakeFlexible(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<TakeFlexiblePayment.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await TakeFlexiblePayment.Execute(request.Database, order, calendar, request.Cancellation)));
}
