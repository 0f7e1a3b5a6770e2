using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>What is paid to a county's providers, under /provider-payments/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class ProviderPaymentEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/provider-payments/{county}");
        group.MapPost("/accounts", RecordAccount);
        group.MapGet("/accounts/{fixmedinsCode}", Accounts);
        group.MapPost("/deposit-rates", SetRate);
        group.MapGet("/deposit-rates/{fixmedinsCode}", Rates);
        group.MapPost("/prepayments", Prepay);
        group.MapGet("/prepayments", Prepayments);
        group.MapPost("/deposit-returns", GiveBack);
        group.MapGet("/deposit-returns", GivenBack);
        group.MapGet("/payable", Payable);
        group.MapPost("/files", Prepare);
        group.MapGet("/files", Files);
        group.MapGet("/files/{file}", GetFile);
        group.MapGet("/files/{file}/csv", Csv);
        group.MapPost("/returns", Return);
        group.MapGet("/returns/open", OpenLines);
        group.MapPost("/returns/{number:long}/{line:int}/resolution", Resolve);
    }

    private static Task<IResult> RecordAccount(string county, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<RecordProviderAccount.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await RecordProviderAccount.Execute(place, order, time.GetUtcNow(), http.RequestAborted), row => row));

    private static Task<IResult> Accounts(string county, string fixmedinsCode, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        Results.Json(new { Accounts = await RecordProviderAccount.Of(place, fixmedinsCode, http.RequestAborted) }, CountyDesk.Json));

    private static Task<IResult> SetRate(string county, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<SetDepositRate.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await SetDepositRate.Execute(place, order, time.GetUtcNow(), http.RequestAborted), row => row));

    private static Task<IResult> Rates(string county, string fixmedinsCode, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        Results.Json(new { Rates = await SetDepositRate.Of(place, fixmedinsCode, http.RequestAborted) }, CountyDesk.Json));

    private static Task<IResult> Prepay(string county, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<GrantPrepayment.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await GrantPrepayment.Execute(place, order, time.GetUtcNow(), http.RequestAborted), rows => new { Prepayments = rows }));

    private static Task<IResult> Prepayments(string county, string? fixmedins_code, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        return range.Refusal is { } badPage ? badPage.ToProblem()
            : Results.Json(new { Prepayments = await GrantPrepayment.Read(place, new RowFilter().Equal("p.fixmedins_code", fixmedins_code ?? ""), $"OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", http.RequestAborted) }, CountyDesk.Json);
    });

    private static Task<IResult> GiveBack(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        await CountyDesk.Body<ReturnDeposit.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await ReturnDeposit.Execute(place, order, calendar, http.RequestAborted), row => row));

    private static Task<IResult> GivenBack(string county, string? fixmedins_code, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await ReturnDeposit.Read(connection, null, county, new RowFilter().Equal("fixmedins_code", fixmedins_code ?? ""), $"OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", http.RequestAborted);
        return Results.Json(new { DepositReturns = rows }, CountyDesk.Json);
    });

    private static Task<IResult> Payable(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
    {
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await PayableSubject.Read(connection, null, ClaimMonth.Of(calendar.Today), http.RequestAborted);
        return Results.Json(new
        {
            Amount = Yuan.Of(rows.Sum(r => r.AmountFen)),
            Payable = rows.Select(r => new { No = r.No(county), r.Kind, r.FixmedinsCode, Amount = Yuan.Of(r.AmountFen), r.ActedBefore, r.AccountName, r.BankName, r.AccountNo }),
        }, CountyDesk.Json);
    });

    private static Task<IResult> Prepare(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        await CountyDesk.Body<PreparePaymentFile.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await PreparePaymentFile.Execute(place, order, calendar, http.RequestAborted), file => file.Shown(county)));

    private static Task<IResult> Files(string county, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var range = SettlementRows.Page(page ?? 0, page_size ?? 0);
        if (range.Refusal is { } badPage) return badPage.ToProblem();
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        var files = await PaymentFileRow.Read(connection, null, new RowFilter(), $"ORDER BY number DESC OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", http.RequestAborted);
        return Results.Json(new { Files = files.Select(f => f.Shown(county)) }, CountyDesk.Json);
    });

    private static Task<IResult> GetFile(string county, string file, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await PaymentFileRow.Get(place, file, http.RequestAborted), found => found.File.Shown(county)));

    private static Task<IResult> Csv(string county, string file, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
    {
        var found = await PaymentFileRow.Get(place, file, http.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.ToProblem();
        http.Response.Headers["x-content-sha256"] = found.Value.File.Sha256;
        return Results.File(found.Value.Csv, "text/csv; charset=utf-8", $"{file}.csv");
    });

    private static Task<IResult> Return(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        await CountyDesk.Body<RecordBankReturn.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await RecordBankReturn.Execute(place, order, calendar, http.RequestAborted), result => result));

    private static Task<IResult> OpenLines(string county, int? page, int? page_size, HttpContext http, CountyDesk desk) => desk.Open(county, http, async place =>
        CountyDesk.Answer(await ReturnLines.Open(place, page ?? 0, page_size ?? 0, http.RequestAborted), rows => new { Lines = rows }));

    private static Task<IResult> Resolve(string county, long number, int line, HttpContext http, CountyDesk desk, TimeProvider time) => desk.Open(county, http, async place =>
        await CountyDesk.Body<ReturnLines.Resolution>(http) is not { } resolution ? Refusals.BodyMalformed.ToProblem()
            : CountyDesk.Answer(await ReturnLines.Resolve(place, number, line, resolution, time.GetUtcNow(), http.RequestAborted), row => row));
}
