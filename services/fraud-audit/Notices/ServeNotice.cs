using MedInsure.FraudAudit.Cases;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Notices;

/// <summary>A paper has reached who it is for (送达), or an authority gave its receipt: the days that it gives begin.</summary>
internal static class ServeNotice
{
    private const int HowMax = 200;

    /// <param name="ServedOn">yyyy-MM-dd.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? ServedOn, string? ServedHow) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the notice; the act's own; served before; how; the day.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string noticeNo, Order order)
    {
        if (order.Unfit is { } unfit) return unfit;
        if (await NoticeRow.Find(request.Database, noticeNo, request.Cancellation) is not { } found) return NoticeRefusals.Unknown;
        var begun = await CaseAct.Begin(request, CaseRow.NoOf(request.County.Code, found.CaseNo), order, $"served {noticeNo}", office.Calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        var notice = (await NoticeRow.OfCase(act.Connection, act.Transaction, act.Row.Number, act.Cancellation)).First(n => n.NoticeNo == noticeNo);
        if (notice.ServedOn is not null) return NoticeRefusals.ServedBefore;
        if (!AuditTexts.IsText(order.ServedHow, HowMax)) return NoticeRefusals.ServedHowMissing;
        var issued = ChinaCalendar.DayOf(new DateTimeOffset(DateTime.SpecifyKind(notice.IssuedAt, DateTimeKind.Utc)).ToUnixTimeMilliseconds());
        if (!CaseDays.TryRead(order.ServedOn, out var served) || served < issued || served > office.Today) return NoticeRefusals.ServedDayInvalid;
        await act.Run("UPDATE case_notice SET served_on = $2, served_how = $3 WHERE notice_no = $1", noticeNo, served, order.ServedHow!.Trim());
        // An earlier hearing's paper, or a decision that an appeal replaced, starts nothing any more.
        if (notice.Kind == "hearing" && act.Row.State == "hearing") await act.Change("statement_due_on = $3", served.AddDays(office.Ladder.Terms.StatementDays));
        else if (notice.Kind == "decision" && act.Row.State == "in_force" && notice.DecisionNo == act.Row.DecisionNo)
        {
            await act.Change("appeal_due_on = $3", served.AddDays(office.Ladder.Terms.AppealDays));
            if (act.Row is { Correction: "due", AppealDueOn: null }) await act.Change("correction_due_on = $3", served.AddDays((await DecisionRow.Of(act)).Plan.CorrectionDays));
        }
        return await act.Done(new { NoticeNo = noticeNo, order.ServedOn, order.ServedHow });
    }
}
