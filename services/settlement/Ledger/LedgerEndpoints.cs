using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>A county's ledger, or the city's, under /ledger/{county}; for operators (authorization Bearer, the operator token). README.md lists them.</summary>
internal static class LedgerEndpoints
{
    private const int PageMax = 1_000;

    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/ledger/{county}");
        group.MapGet("", Now);
        group.MapGet("/vouchers", List);
        group.MapGet("/vouchers/{voucherNo:long}", Get);
        group.MapPost("/vouchers", Book);
        group.MapPost("/splits", Split);
        group.MapPost("/closings", Close);
        group.MapGet("/closings/{day}", Closing);
        group.MapGet("/export", Export);
    }

    private static Task<IResult> Now(string county, HttpContext http, CountyDesk desk) => desk.OpenLedger(county, http, async place =>
        CountyDesk.Answer(await GetLedger.Query(place, http.RequestAborted), now => new
        {
            now.Vouchers, now.HeadHash, ClosedOn = now.ClosedOn is { } day ? LedgerText.Day(day) : null, now.SettlementsSummedUp, now.MissingIncomeNo,
            Balances = now.Balances.Select(b => new { b.Account.Purpose, b.Account.Fund, b.Account.County, b.Account.Counterparty, Balance = Yuan.Of(b.AmountFen) }),
        }));

    private static Task<IResult> List(string county, string? kind, string? from, string? to, long? after, int? page_size, HttpContext http, CountyDesk desk) => desk.OpenLedger(county, http, async place =>
    {
        if (page_size is < 1 or > PageMax) return Refusals.PageInvalid.At("page_size").ToProblem();
        if (!IsDay(from, DateOnly.MinValue, out var first)) return LedgerRefusals.DayInvalid.At("from").ToProblem();
        if (!IsDay(to, DateOnly.MaxValue, out var last)) return LedgerRefusals.DayInvalid.At("to").ToProblem();
        var size = page_size ?? 100;
        var rows = await VoucherRow.List(place.Database, kind ?? "", first, last, after ?? 0, size, http.RequestAborted);
        return Results.Json(new { Vouchers = rows.Select(Shown), NextAfter = rows.Count == size ? rows[^1].No : (long?)null }, CountyDesk.Json);
    });

    private static Task<IResult> Get(string county, long voucherNo, HttpContext http, CountyDesk desk) => desk.OpenLedger(county, http, async place =>
        await VoucherRow.Find(place.Database, voucherNo, http.RequestAborted) is { } row ? Results.Json(Shown(row), CountyDesk.Json) : LedgerRefusals.VoucherUnknown.ToProblem());

    private static Task<IResult> Book(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(county, http, async place =>
        await CountyDesk.Body<BookVoucher.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await BookVoucher.Execute(place, order, calendar, http.RequestAborted), Shown));

    private static Task<IResult> Split(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.Open(county, http, async place =>
        await CountyDesk.Body<SplitRevenue.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await SplitRevenue.Execute(place, order, calendar, http.RequestAborted), Shown));

    private static Task<IResult> Close(string county, HttpContext http, CountyDesk desk, ChinaCalendar calendar) => desk.OpenLedger(county, http, async place =>
        await CountyDesk.Body<CloseDay.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem() : CountyDesk.Answer(await CloseDay.Execute(place, order, calendar, http.RequestAborted), Closed));

    private static Task<IResult> Closing(string county, string day, HttpContext http, CountyDesk desk) => desk.OpenLedger(county, http, async place =>
    {
        await using var connection = await place.Database.OpenConnectionAsync(http.RequestAborted);
        return await VoucherRow.Find(connection, null, CloseDay.Kind, day, http.RequestAborted) is { } row ? Results.Json(Closed(row), CountyDesk.Json) : LedgerRefusals.ClosingUnknown.ToProblem();
    });

    private static Task<IResult> Export(string county, HttpContext http, CountyDesk desk) => desk.OpenLedger(county, http, place => Task.FromResult(
        Results.Stream(body => ExportLedger.Write(place.Database, place.Tenant.Code, System.IO.Pipelines.PipeWriter.Create(body), http.RequestAborted), "text/plain; charset=utf-8", $"ledger-{county}.txt")));

    private static bool IsDay(string? text, DateOnly otherwise, out DateOnly day)
    {
        day = otherwise;
        return string.IsNullOrEmpty(text) || CountyDesk.IsDay(text, out day);
    }

    private static object Shown(VoucherRow row) => new
    {
        VoucherNo = row.No, row.Voucher.Kind, row.Voucher.Number, EffectiveOn = LedgerText.Day(row.Voucher.EffectiveOn), BookedOn = LedgerText.Day(row.BookedOn), row.Voucher.Period, row.Voucher.Memo, row.Voucher.By, row.Hash,
        Entries = row.Voucher.Entries.Select(e => new
        {
            e.Account.Purpose, e.Account.Fund, e.Account.County, e.Account.Counterparty, Debit = e.AmountFen > 0 ? Yuan.Of(e.AmountFen) : (decimal?)null, Credit = e.AmountFen < 0 ? Yuan.Of(-e.AmountFen) : (decimal?)null,
        }),
    };

    private static object Closed(VoucherRow row)
    {
        var close = row.Voucher.Close!;
        return new
        {
            VoucherNo = row.No, Day = LedgerText.Day(close.Day), PreviousDay = close.PreviousDay is { } previous ? LedgerText.Day(previous) : null, row.Voucher.By, row.Hash, close.JournalSeq, close.JournalHash, close.IncomeNo, close.SettlementNo,
            Balances = close.Balances.Select(b => new
            {
                b.Account.Purpose, b.Account.Fund, b.Account.County, b.Account.Counterparty, Opening = Yuan.Of(b.OpeningFen), Debit = Yuan.Of(b.DebitFen), Credit = Yuan.Of(b.CreditFen), Closing = Yuan.Of(b.ClosingFen),
            }),
        };
    }
}
