using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>Payments to persons of a county, under /person-payments/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class PersonPaymentEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/person-payments/{county}");
        group.MapGet("/open", Open);
        group.MapGet("/persons/{psnNo}", Person);
        group.MapPost("/lists", Prepare);
        group.MapGet("/lists", Lists);
        group.MapGet("/lists/{list}", Get);
        group.MapGet("/lists/{list}/persons", Persons);
        group.MapGet("/lists/{list}/csv", Csv);
        group.MapPost("/lists/{list}/approval", Approve);
        group.MapPost("/lists/{list}/payment", Pay);
        group.MapPost("/lists/{list}/withdrawal", Withdraw);
    }

    private static Task<IResult> Open(string county, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListOpenPayments.Query(place, page ?? 0, page_size ?? 0, http.RequestAborted), open => open));

    private static Task<IResult> Person(string county, string psnNo, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ListOpenPayments.OfPerson(place, psnNo, http.RequestAborted), benefits => new { PsnNo = psnNo, Benefits = benefits }));

    private static Task<IResult> Prepare(string county, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<PreparePaymentList.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await PreparePaymentList.Execute(place, order, time.GetUtcNow(), http.RequestAborted), list => list.Shown(county)));

    private static Task<IResult> Lists(string county, string? state, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        if (!string.IsNullOrEmpty(state) && !PaymentList.States.Contains(state)) return Refusals.PaymentListStateUnknown.ToProblem();
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        var lists = await PaymentList.Read(place.Database, new RowFilter().Equal("state", state ?? ""), $"ORDER BY number DESC OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", http.RequestAborted);
        return Results.Json(new { Lists = lists.Select(l => l.Shown(county)) }, CountyDesk.Json);
    });

    private static Task<IResult> Get(string county, string list, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await Of<PaymentList>(county, list, async number => await PaymentList.Find(place, number, http.RequestAborted) is { } found ? found : Refusals.PaymentListUnknown), found => found.Shown(county)));

    private static Task<IResult> Persons(string county, string list, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await Of(county, list, number => ListPaymentPersons.Query(place, number, page ?? 0, page_size ?? 0, http.RequestAborted)), found => found));

    private static Task<IResult> Csv(string county, string list, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var csv = await Of(county, list, number => ListPaymentPersons.Csv(place, number, http.RequestAborted));
        return csv.Refusal is { } refusal ? refusal.ToProblem() : Results.File(csv.Value, "text/csv; charset=utf-8", $"{list}.csv");
    });

    private static Task<IResult> Approve(string county, string list, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<ApprovePaymentList.Approval>(http) is not { } approval ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, list, number => ApprovePaymentList.Execute(place, number, approval, time.GetUtcNow(), http.RequestAborted)), found => found.Shown(county)));

    private static Task<IResult> Pay(string county, string list, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        await CountyDesk.Body<RecordListPayment.Payment>(http) is not { } payment ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, list, number => RecordListPayment.Execute(place, number, payment, calendar, http.RequestAborted)), found => found.Shown(county)));

    private static Task<IResult> Withdraw(string county, string list, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<WithdrawPaymentList.Withdrawal>(http) is not { } withdrawal ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await Of(county, list, number => WithdrawPaymentList.Execute(place, number, withdrawal, time.GetUtcNow(), http.RequestAborted)), found => found.Shown(county)));

    private static async Task<Outcome<T>> Of<T>(string county, string list, Func<long, Task<Outcome<T>>> use) => PaymentList.Parse(county, list) is { } number ? await use(number) : Refusals.PaymentListUnknown;
}
