using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>The doctor is told of a review that holds the prescription irrational, and answers within the days of the terms, or waives it.</summary>
internal static class HearDoctor
{
    private const int StatementMax = 1_000;

    /// <param name="ToldOn">From which the days run.</param>
    internal sealed record Telling(string? RequestKey, string? By, string? Reason, string? ToldOn) : CaseOrder(RequestKey, By, Reason);

    internal sealed record Answer(string? RequestKey, string? By, string? Reason, string? Text, string? ReceivedOn, bool? Waived) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the prescription, its state, an outcome to be heard on; the day.</summary>
    public static async Task<Outcome<object>> Tell(AuditRequest request, ReviewTerms terms, ChinaCalendar calendar, long number, Telling order)
    {
        var begun = await FieldAct.Begin(request, order, "prescription", number, "told", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
        var locked = await PrescriptionRow.Lock(act, number, "reviewed");
        if (locked.Refusal is { } unfit) return unfit;
        if (locked.Value.Outcome == "rational") return PrescriptionReviewRefusals.NotInState("reviewed rational");
        var reviewedOn = ChinaCalendar.DayOf(new DateTimeOffset(locked.Value.ReviewedAt!.Value).ToUnixTimeMilliseconds());
        if (!FieldText.TryDay(order.ToldOn, out var told) || told < reviewedOn || told > calendar.Today) return PrescriptionReviewRefusals.ToldInvalid;
        var due = told.AddDays(terms.StatementDays);
        await act.Run("UPDATE prescription SET state = 'told', told_on = $2, due_on = $3 WHERE prescription_no = $1", number, told, due);
        await act.Done(number, new { ToldOn = AuditJson.Day(told), DueOn = AuditJson.Day(due) });
        return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
    }

    /// <summary>In order: key, who, why; the same request before; the prescription, its state; no statement yet; text, day; in time.</summary>
    public static async Task<Outcome<object>> Record(AuditRequest request, ReviewTerms terms, ChinaCalendar calendar, long number, Answer order)
    {
        var begun = await FieldAct.Begin(request, order, "prescription", number, "statement", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
        var locked = await PrescriptionRow.Lock(act, number, "told");
        if (locked.Refusal is { } unfit) return unfit;
        if (locked.Value.StatementOn is not null) return PrescriptionReviewRefusals.StatementGiven;
        var waived = order.Waived == true;
        if (waived ? !string.IsNullOrEmpty(order.Text) : !AuditTexts.IsText(order.Text, StatementMax)) return PrescriptionReviewRefusals.TextInvalid;
        if (!FieldText.TryDay(order.ReceivedOn, out var received) || received < locked.Value.ToldOn || received > calendar.Today) return PrescriptionReviewRefusals.ReceivedInvalid;
        if (received > locked.Value.DueOn) return PrescriptionReviewRefusals.StatementLate;
        await act.Run("UPDATE prescription SET statement = $2, statement_on = $3 WHERE prescription_no = $1", number, waived ? "" : order.Text!.Trim(), received);
        await act.Done(number, new { waived, ReceivedOn = AuditJson.Day(received) });
        return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
    }
}
