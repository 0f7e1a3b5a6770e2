using System.Text;
using MedInsure.FraudAudit.Cases;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Notices;

/// <summary>Papers that left the agency, under /audit/{county}/notices. Cases/README.md lists the paths.</summary>
internal static class NoticeEndpoints
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/notices", List);
        county.MapGet("/notices/{notice}", Get);
        county.MapGet("/notices/{notice}/money", Money);
        county.MapPost("/notices/{notice}/service", (string county, string notice, HttpContext http, AuditDesk desk, CaseOffice office) =>
            desk.Act<ServeNotice.Order, object>(county, http, (request, order) => ServeNotice.Execute(request, office, notice, order)));
        county.MapPost("/notices/{notice}/payments", (string county, string notice, HttpContext http, AuditDesk desk, CaseOffice office) =>
            desk.Act<RecordPayment.Order, object>(county, http, (request, order) => RecordPayment.Execute(request, office, notice, order)));
    }

    private static Task<IResult> List(string county, string? kind, string? after, bool? unserved, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
    {
        if (kind is not null && !NoticeRow.IsKind(kind)) return NoticeRefusals.KindUnknown.ToProblem();
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        var rows = await NoticeRow.Read(connection, null, $"notice_no > $1 AND ($2 = '' OR kind = $2) {(unserved == true ? "AND served_on IS NULL" : "")} ORDER BY notice_no LIMIT {Refusals.PageMax}", request.Cancellation, after ?? "", kind ?? "");
        return Results.Json(new { Notices = rows.Select(n => n.Shown(county)) }, AuditJson.Options);
    });

    /// <summary>The printable page where the caller prefers HTML or asks for ?format=html; else the document as it left.</summary>
    private static Task<IResult> Get(string county, string notice, string? format, HttpContext http, AuditDesk desk) => desk.Open(county, http, async request =>
        await NoticeRow.Find(request.Database, notice, request.Cancellation) is not { } row ? NoticeRefusals.Unknown.ToProblem()
            : WantsPage(format, http) ? Results.Content(NoticePage.Render(row), "text/html; charset=utf-8", Encoding.UTF8) : Results.Content(row.Document, "application/json; charset=utf-8", Encoding.UTF8));

    public static bool WantsPage(string? format, HttpContext http) => format == "html" || format is null && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>How far a notice's money is, as settlement has it.</summary>
    private static Task<IResult> Money(string county, string notice, HttpContext http, AuditDesk desk, CaseOffice office) => desk.Open(county, http, async request =>
    {
        if (await NoticeRow.Find(request.Database, notice, request.Cancellation) is not { Kind: "deduction" or "repayment" } row) return NoticeRefusals.Unknown.ToProblem();
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        var of = (await CaseRow.Find(connection, null, row.CaseNo, request.Cancellation))!;
        var money = await office.Money(county, notice, of.DeductedIn(county, row.ByPayment), request.Cancellation);
        if (money.Refusal is { } away) return away.ToProblem();
        if (money.Value is not { } m) return NoticeRefusals.NotBooked.ToProblem();
        return Results.Json(new
        {
            m.NoticeNo, Amount = AuditJson.Yuan(m.AmountFen), Reversed = AuditJson.Yuan(m.ReversedFen), Waiting = AuditJson.Yuan(m.WaitingFen), InReview = AuditJson.Yuan(m.InReviewFen), Recovered = AuditJson.Yuan(m.RecoveredFen),
            Returned = AuditJson.Yuan(m.ReturnedFen), ToReturn = AuditJson.Yuan(m.ToReturnFen),
            Deductions = m.Deduction.Select(d => new { d.Number, d.Kind, Amount = AuditJson.Yuan(d.AmountFen), StatementNo = d.StatementNo.Length > 0 ? d.StatementNo : null, Month = d.Month == 0 ? (int?)null : d.Month, d.StatementState }),
        }, AuditJson.Options);
    });
}
