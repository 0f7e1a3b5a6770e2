using System.Text;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Billing.Dunning;

/// <summary>Who has not paid, under /billing/{county}, for operators. README.md lists them.</summary>
internal static class DunningEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/dunning/{insutype}/{year:int}", List);
        county.MapGet("/bill-arrears", Employers);
        county.MapPost("/household-places", Places);
    }

    private static Task<IResult> List(string county, string insutype, int year, string? township, string? village, string? household_no, HttpContext http, BillingDesk desk) => desk.Open(county, http, request =>
        Task.FromResult(Results.Stream(async body =>
        {
            // With the mark by which spreadsheets know that it is UTF-8.
            await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
            await DunningList.Write(request.Database, new(insutype, year, township, village, household_no), writer, request.Cancellation);
        }, "text/csv; charset=utf-8")));

    private static Task<IResult> Employers(string county, string? insutype, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, request =>
        Task.FromResult(Results.Stream(async body =>
        {
            await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
            await EmployerDunningList.Write(request.Database, insutype, calendar.Today, writer, request.Cancellation);
        }, "text/csv; charset=utf-8")));

    private static Task<IResult> Places(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<StateHouseholdPlaces.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await StateHouseholdPlaces.Execute(request.Database, order, calendar.UtcNow, request.Cancellation)));
}
