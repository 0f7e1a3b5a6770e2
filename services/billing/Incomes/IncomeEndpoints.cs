using MedInsure.Billing.Payments;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Billing.Incomes;

/// <summary>What the fund received, under /billing/{county}, for operators. README.md lists them.</summary>
internal static class IncomeEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/incomes", List);
        county.MapPost("/incomes/retelling", Retell);
    }

    private static Task<IResult> List(string county, string? source, string? day, long? after, int? page_size, HttpContext http, BillingDesk desk) => desk.Open(county, http, async request =>
    {
        DateOnly? on = null;
        if (day is not null)
        {
            if (!PaymentTexts.IsDay(day, out var wanted)) return PaymentRefusals.DayInvalid.ToProblem();
            on = wanted;
        }
        return BillingDesk.Answer(await ListIncomes.Query(request.Database, source, on, after, page_size, request.Cancellation));
    });

    private static Task<IResult> Retell(string county, HttpContext http, BillingDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async request =>
        await request.Body<RetellIncomes.Order>() is not { } order ? Refusals.BodyMalformed.ToProblem() : BillingDesk.Answer(await RetellIncomes.Execute(request.Database, order, calendar.UtcNow, request.Cancellation)));
}
