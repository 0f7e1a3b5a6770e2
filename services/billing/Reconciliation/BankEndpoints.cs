using System.Text;
using MedInsure.Billing.Payments;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Http.Features;

namespace MedInsure.Billing.Reconciliation;

/// <summary>Consents, batches, banks' files and what was found in them, under /billing/{county}, for operators. README.md lists them.</summary>
internal static class BankEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapPost("/deduction-consents", Consent);
        county.MapPost("/deduction-consents/{consentNo:long}/withdrawal", Withdraw);
        county.MapGet("/deduction-consents", Consents);
        county.MapPost("/bank-batches", Batch);
        county.MapGet("/bank-batches/{batchNo:long}/file", File);
        county.MapPost("/bank-batches/{batchNo:long}/closing", CloseBatch);
        county.MapPost("/bank-files", Take);
        county.MapGet("/money-findings", Findings);
        county.MapPost("/money-findings/{findingNo:long}/resolution", Resolve);
    }

    private static Task<IResult> Consent(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<DeductionConsents.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await DeductionConsents.Record(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> Withdraw(string county, long consentNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<DeductionConsents.Withdrawal>() is not { } withdrawal ? Refusals.BodyMalformed.ToProblem()
            : BillingDesk.Answer(await DeductionConsents.Withdraw(request.Database, consentNo, withdrawal, calendar, request.Cancellation)));

    private static Task<IResult> Consents(string county, string? psn_no, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        string.IsNullOrEmpty(psn_no) ? Refusals.NumberMissing.ToProblem() : Results.Json(new { consents = await DeductionConsents.List(request.Database, psn_no, request.Cancellation) }, BillingJson.Options));

    private static Task<IResult> Batch(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<MakeBankBatch.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await MakeBankBatch.Execute(request.Database, order, calendar, request.Cancellation)));

    private static Task<IResult> File(string county, long batchNo, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
        await MakeBankBatch.File(request.Database, county, batchNo, request.Cancellation) is { } file ? Results.Text(file, "text/csv", Encoding.UTF8) : BankRefusals.BatchUnknown.ToProblem());

    private static Task<IResult> CloseBatch(string county, long batchNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<CloseBankBatch.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await CloseBankBatch.Execute(request.Database, batchNo, order, calendar, request.Cancellation)));

    private static Task<IResult> Take(string county, string? uploaded_by, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = BankFile.BytesMax;
        using var bytes = new MemoryStream();
        try { await http.Request.Body.CopyToAsync(bytes, request.Cancellation); }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge) { return BankRefusals.FileTooLarge.ToProblem(); }
        return BillingDesk.Answer(await TakeBankFile.Execute(request.Database, county, bytes.ToArray(), uploaded_by, calendar, request.Cancellation));
    });

    private static Task<IResult> Findings(string county, string? state, string? channel, string? day, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
    {
        DateOnly? on = null;
        if (!string.IsNullOrEmpty(day)) { if (PaymentTexts.IsDay(day, out var read)) on = read; else return PaymentRefusals.DayInvalid.ToProblem(); }
        return BillingDesk.Answer(await MoneyFindings.List(request.Database, state, channel, on, after, page_size, request.Cancellation));
    });

    private static Task<IResult> Resolve(string county, long findingNo, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<MoneyFindings.Resolution>() is not { } resolution ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await MoneyFindings.Resolve(request.Database, findingNo, resolution, calendar.UtcNow, request.Cancellation)));
}
