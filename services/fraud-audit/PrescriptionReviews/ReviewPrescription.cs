using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>A pharmacist says of a prescription what it is, why, and which lines are concerned with how much of their in-scope money.</summary>
internal static class ReviewPrescription
{
    private const int LinesMax = 200;

    /// <param name="Wrong">Yuan in scope; null: of an irregular prescription 0 (a fault of form), else the line's.</param>
    internal sealed record Line(string? FeedetlSn, decimal? Wrong);

    /// <param name="By">The expert.</param>
    /// <param name="Reason">What the expert says of it.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Outcome, string[]? Reasons, IReadOnlyList<Line>? Lines) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the prescription, its state, its bill; outcome, reasons, lines.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, ReviewTerms terms, ChinaCalendar calendar, long number, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "prescription", number, "reviewed", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
        var locked = await PrescriptionRow.Lock(act, number, "open");
        if (locked.Refusal is { } unfit) return unfit;
        var row = locked.Value;
        if (row.Reversed) return PrescriptionReviewRefusals.Reversed;
        if (terms.Class(order.Outcome) is not { } outcome) return PrescriptionReviewRefusals.OutcomeUnknown;
        string[] reasons = [.. order.Reasons ?? []];
        if (!Fit(terms, outcome, reasons)) return PrescriptionReviewRefusals.ReasonsInvalid;
        var claim = await ShowPrescription.Claim(act.Connection, null, row.SetlId, act.Cancellation);
        var own = Prescription.LinesOf(claim, row.Key).ToDictionary(l => l.FeedetlSn);
        var lines = order.Lines ?? [];
        if (lines.Count > LinesMax || (outcome.Grade == 0 && lines.Count > 0) || (outcome.Grade > 1 && lines.Count == 0) || lines.Any(l => l?.FeedetlSn is null || !own.ContainsKey(l.FeedetlSn))
            || lines.Select(l => l.FeedetlSn).Distinct(StringComparer.Ordinal).Count() != lines.Count) return PrescriptionReviewRefusals.LinesInvalid;
        var wrong = new long[lines.Count];
        for (var i = 0; i < wrong.Length; i++)
        {
            var inScope = Math.Max(0, own[lines[i].FeedetlSn!].InScopeFen);
            if (lines[i].Wrong is { } yuan && (yuan < 0 || yuan > inScope / 100m || decimal.Truncate(yuan * 100) != yuan * 100)) return PrescriptionReviewRefusals.LinesInvalid;
            wrong[i] = lines[i].Wrong is { } said ? (long)(said * 100) : outcome.Grade > 1 ? inScope : 0;
        }

        var round = row.Round + 1;
        await act.Run("INSERT INTO prescription_review (prescription_no, round, expert, outcome, reasons, text, reviewed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)", number, round, act.By, outcome.Code, reasons, order.Reason!.Trim(), act.Now.UtcDateTime);
        await act.Run("INSERT INTO prescription_review_line (prescription_no, round, feedetl_sn, wrong_fen) SELECT $1, $2, * FROM unnest($3, $4)", number, round, lines.Select(l => l.FeedetlSn!).ToArray(), wrong);
        await act.Run("UPDATE prescription SET state = 'reviewed', round = $2, outcome = $3, wrong_fen = $4, expert = $5, reviewed_at = $6 WHERE prescription_no = $1", number, round, outcome.Code, wrong.Sum(), act.By, act.Now.UtcDateTime);
        await act.Done(number, new { round, Outcome = outcome.Code, reasons, Wrong = AuditJson.Yuan(wrong.Sum()) });
        return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
    }

    private static bool Fit(ReviewTerms terms, ReviewClass outcome, string[] reasons)
    {
        if (outcome.Grade == 0) return reasons.Length == 0;
        var grades = reasons.Select(r => terms.Reason(r) is { } known ? terms.Class(known.Class)!.Grade : int.MaxValue).ToList();
        return reasons.Distinct(StringComparer.Ordinal).Count() == reasons.Length && grades.Count > 0 && grades.Max() == outcome.Grade;
    }
}
