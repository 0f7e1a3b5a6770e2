using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>A second expert decides, never beyond what the doctor was heard on, or sends the prescription back to be reviewed again.</summary>
internal static class DecideReview
{
    /// <param name="Lines">Which of the review's lines stay wrong, and with how much; null: all as reviewed.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Outcome, IReadOnlyList<ReviewPrescription.Line>? Lines) : CaseOrder(RequestKey, By, Reason);

    internal sealed record Returning(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the prescription, its state, its bill; another person; heard, or the time over; outcome, lines.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, ReviewTerms terms, ChinaCalendar calendar, long number, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "prescription", number, "decided", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
        var locked = await PrescriptionRow.Lock(act, number, "reviewed", "told");
        if (locked.Refusal is { } unfit) return unfit;
        var row = locked.Value;
        if (row.Reversed) return PrescriptionReviewRefusals.Reversed;
        if (TwoPeople.Another(act.By, "by", row.Expert) is { } same) return same;
        if (terms.Class(order.Outcome) is not { } outcome) return PrescriptionReviewRefusals.OutcomeUnknown;
        if (outcome.Grade > terms.Class(row.Outcome)!.Grade) return PrescriptionReviewRefusals.Graver;
        // In the doctor's favour nobody need be heard.
        if (outcome.Grade > 0 && row.StatementOn is null && !(calendar.Today > row.DueOn)) return PrescriptionReviewRefusals.NotHeard;
        var reviewed = (await act.Rows("SELECT feedetl_sn, wrong_fen FROM prescription_review_line WHERE prescription_no = $1 AND round = $2", r => (Line: r.GetString(0), Fen: r.GetInt64(1)), number, row.Round)).ToDictionary(l => l.Line, l => l.Fen);
        var decided = reviewed.ToDictionary(l => l.Key, l => outcome.Grade == 0 || order.Lines is not null ? 0 : l.Value);
        if (order.Lines is { } lines)
        {
            if ((outcome.Grade == 0 && lines.Count > 0) || (outcome.Grade > 1 && lines.Count == 0) || lines.Any(l => l?.FeedetlSn is null || !reviewed.ContainsKey(l.FeedetlSn))
                || lines.Select(l => l.FeedetlSn).Distinct(StringComparer.Ordinal).Count() != lines.Count) return PrescriptionReviewRefusals.LinesInvalid;
            foreach (var line in lines)
            {
                var heard = reviewed[line.FeedetlSn!];
                if (line.Wrong is { } yuan && (yuan < 0 || yuan > heard / 100m || decimal.Truncate(yuan * 100) != yuan * 100)) return PrescriptionReviewRefusals.LinesInvalid;
                decided[line.FeedetlSn!] = line.Wrong is { } said ? (long)(said * 100) : heard;
            }
        }

        var wrong = decided.Values.Sum();
        await act.Run("UPDATE prescription_review_line l SET decided_fen = u.fen FROM unnest($3, $4) AS u (line, fen) WHERE l.prescription_no = $1 AND l.round = $2 AND l.feedetl_sn = u.line", number, row.Round, decided.Keys.ToArray(), decided.Values.ToArray());
        await act.Run("UPDATE prescription SET state = 'decided', outcome = $2, wrong_fen = $3, decided_by = $4, decided_at = $5 WHERE prescription_no = $1", number, outcome.Code, wrong, act.By, act.Now.UtcDateTime);
        await act.Done(number, new { Outcome = outcome.Code, Wrong = AuditJson.Yuan(wrong) });
        return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
    }

    /// <summary>In order: key, who, why; the same request before; the prescription, its state; another person. What was told and answered stays in the history; the doctor is told again.</summary>
    public static async Task<Outcome<object>> Return(AuditRequest request, ReviewTerms terms, ChinaCalendar calendar, long number, Returning order)
    {
        var begun = await FieldAct.Begin(request, order, "prescription", number, "returned", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
        var locked = await PrescriptionRow.Lock(act, number, "reviewed", "told");
        if (locked.Refusal is { } unfit) return unfit;
        if (TwoPeople.Another(act.By, "by", locked.Value.Expert) is { } same) return same;
        await act.Run("""
            UPDATE prescription SET state = 'open', outcome = '', wrong_fen = 0, expert = '', reviewed_at = NULL, told_on = NULL, due_on = NULL, statement = '', statement_on = NULL WHERE prescription_no = $1
            """, number);
        await act.Done(number, new { locked.Value.Outcome, locked.Value.Statement });
        return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
    }
}
