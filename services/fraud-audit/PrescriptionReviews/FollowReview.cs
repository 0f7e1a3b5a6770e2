using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.Doctors;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>What follows from decided reviews, each by somebody's own act: the doctor's points are proposed, the money becomes a lead against the provider.</summary>
internal static class FollowReview
{
    private const string EvidenceKind = "prescription_review";

    /// <param name="By">Proposes; another person decides (../Doctors).</param>
    /// <param name="Violation">Null: the first of those that the outcome allows.</param>
    internal sealed record Points(string? RequestKey, string? By, string? Reason, string? Violation) : CaseOrder(RequestKey, By, Reason);

    internal sealed record Lead(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; the prescription, decided; no points proposed yet; an outcome that costs points; the violation; the doctor's act.</summary>
    public static async Task<Outcome<object>> ProposePoints(AuditRequest request, ReviewTerms terms, DoctorTerms doctors, CityReference reference, ChinaCalendar calendar, long number, Points order)
    {
        var begun = await FieldAct.Begin(request, order, "prescription", number, "points", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is not null) return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
        var locked = await PrescriptionRow.Lock(act, number, "decided");
        if (locked.Refusal is { } unfit) return unfit;
        var row = locked.Value;
        if (row.DoctorActNo is not null) return PrescriptionReviewRefusals.PointsProposed;
        if (terms.Class(row.Outcome)!.Violations is not { Count: > 0 } allowed || row.DoctorCode.Length == 0) return PrescriptionReviewRefusals.NoPoints;
        if (order.Violation is { } asked && !allowed.Contains(asked)) return PrescriptionReviewRefusals.ViolationUnfit;
        // A key of the prescription's own: after a crash between the two commits the act is found again, whoever asks.
        var key = $"{EvidenceKind} {number}";
        var proposed = (await DoctorActRow.Read(act.Connection, null, "request_key = $1", act.Cancellation, key)).SingleOrDefault();
        if (proposed is null)
        {
            var outcome = await ProposeDoctorAct.Execute(request, doctors, reference, new ProposeDoctorAct.Order(key, "deduct", row.DoctorCode, row.FixmedinsCode, order.Violation ?? allowed[0],
                AuditJson.Day(row.PrescribedOn), null, null, EvidenceKind, $"{number}", order.Reason, order.By), act.Now);
            if (outcome.Refusal is { } no) return no;
            proposed = outcome.Value;
        }
        await act.Run("UPDATE prescription SET doctor_act_no = $2 WHERE prescription_no = $1", number, proposed.ActNo);
        await act.Done(number, new { DoctorActNo = proposed.ActNo, proposed.Violation, proposed.Points });
        return await ShowPrescription.Of(act.Connection, terms, number, act.Cancellation);
    }

    /// <summary>A lead from a draw's decided money that is in no case yet, the largest first. In order: key, who, why; the same request before; the draw; money; the case.</summary>
    public static async Task<Outcome<object>> OpenLead(AuditRequest request, ReviewTerms terms, CaseOffice office, long drawNo, Lead order)
    {
        var begun = await FieldAct.Begin(request, order, "prescription_draw", drawNo, "lead", office.Calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        // The case has the same request's key: of a request that was cut off between the two commits it is there already.
        if (await act.One<long?>("""
            SELECT case_no FROM case_act WHERE request_key = $1 AND act = 'opened' AND acted_by = $2 AND EXISTS (
                SELECT FROM case_evidence e JOIN prescription p ON p.prescription_no::text = e.number WHERE e.case_no = case_act.case_no AND e.kind = 'prescription_review' AND p.draw_no = $3)
            """, order.RequestKey, act.By, drawNo) is { } opened)
        {
            if (act.Before is null) await act.Done(drawNo, new { CaseNo = CaseRow.NoOf(request.County.Code, opened) });
            return (await CaseRow.Find(act.Connection, null, opened, act.Cancellation))!.Shown(request.County.Code);
        }
        // Two leads at once would rest on the same prescriptions.
        await act.Run("SELECT pg_advisory_xact_lock(hashtextextended('prescription lead ' || $1, 0))", $"{drawNo}");
        if (await PrescriptionDraw.Find(act.Connection, drawNo, act.Cancellation) is not { } draw) return PrescriptionReviewRefusals.DrawUnknown;
        var pieces = await act.Rows($"""
            SELECT p.prescription_no, p.outcome, p.wrong_fen, p.setl_id, p.doctor_code, p.prescribed_on FROM prescription p JOIN audit_claim c USING (setl_id) WHERE p.draw_no = $1 AND p.wrong_fen > 0 AND {FieldEvidence.Decided} AND c.reversed_by IS NULL
            ORDER BY p.wrong_fen DESC, p.prescription_no LIMIT {CaseEvidence.PiecesMax}
            """, r => new CaseEvidence.Piece(EvidenceKind, $"{r.GetInt64(0)}", $"{terms.NameOf(r.GetString(1))}，医师{r.GetString(4)}，{AuditJson.Day(r.GetFieldValue<DateOnly>(5))}开具", r.GetInt64(2) / 100m, r.GetString(3)), drawNo);
        if (pieces.Count == 0) return PrescriptionReviewRefusals.NoMoney;
        var lead = await OpenCase.Execute(request, office, new OpenCase.Order(order.RequestKey, order.By, order.Reason, "provider", draw.FixmedinsCode, $"{draw.Month}处方点评", pieces));
        if (lead.Refusal is { } no) return no;
        await act.Done(drawNo, new { Pieces = pieces.Count });
        return lead.Value;
    }
}
