using System.Globalization;
using System.Security.Cryptography;
using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Samples;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>A month's prescriptions of a provider are drawn, of each doctor at least so many: those with the smallest hash under a recorded seed.</summary>
internal static class DrawPrescriptions
{
    private const int PerDoctorMax = 100, SeedMax = 64;

    /// <param name="Month">yyyyMM, of settlement.</param>
    /// <param name="Care">outpatient unless said.</param>
    /// <param name="PerDoctor">Null: as the terms say; so is the share.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? FixmedinsCode, string? Month, string? Care, int? PerDoctor, decimal? Share, string? Seed) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; provider, month, care, size, seed; not drawn yet; something to draw.</summary>
    public static async Task<Outcome<PrescriptionDraw>> Execute(AuditRequest request, ReviewTerms terms, ChinaCalendar calendar, Order order)
    {
        var begun = await FieldAct.Begin(request, order, "prescription_draw", 0, "drawn", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is { } before) return (await PrescriptionDraw.Find(act.Connection, before, act.Cancellation))!;
        if (!AuditTexts.IsText(order.FixmedinsCode, 30)) return PrescriptionReviewRefusals.ProviderInvalid;
        if (!DateOnly.TryParseExact(order.Month + "01", "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) || month.Year < 2000 || month.AddMonths(1) > calendar.Today) return PrescriptionReviewRefusals.MonthInvalid;
        if (order.Care is not (null or "outpatient" or "stay")) return PrescriptionReviewRefusals.CareUnknown;
        if (order.PerDoctor is < 1 or > PerDoctorMax || order.Share is < 0 or > 1) return PrescriptionReviewRefusals.SizeInvalid;
        if (order.Seed is { } given && (given.Length is 0 or > SeedMax || !given.All(char.IsAsciiLetterOrDigit))) return PrescriptionReviewRefusals.SeedInvalid;
        var (care, perDoctor, shareBp) = (order.Care ?? "outpatient", order.PerDoctor ?? terms.PerDoctorMin, order.Share is { } share ? (int)(share * 10_000) : terms.ShareBp);

        var at = await IntakePage.Position(act.Connection, act.Cancellation);
        var frame = await PrescriptionFrame.Read(act.Connection, order.FixmedinsCode, month, care, at, act.Cancellation);
        if (frame.Count == 0) return PrescriptionReviewRefusals.NothingToDraw;
        var (seed, drawable) = (order.Seed ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), Drawables(frame));
        var (drawn, byKey) = (SampleDraw.Draw(drawable, seed, shareBp, perDoctor), frame.ToDictionary(p => p.Key));
        long number;
        try
        {
            number = await act.One<long>("""
                INSERT INTO prescription_draw (fixmedins_code, month, care, per_doctor, share_bp, seed, frame_seq, frame_idx, frame_rows, frame_sha256, drawn_by, drawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING draw_no
                """, order.FixmedinsCode, month, care, perDoctor, shareBp, seed, at.Seq, at.Index, frame.Count, SampleDraw.FrameHash(drawable), act.By, act.Now.UtcDateTime);
        }
        catch (PostgresException e) when (e.ConstraintName == "a_month_is_drawn_once") { return PrescriptionReviewRefusals.DrawnAlready; }
        await act.Run("INSERT INTO prescription_doctor (draw_no, doctor_code, prescriptions, in_scope_fen) SELECT $1, * FROM unnest($2, $3, $4)",
            number, drawn.Select(d => d.Stratum).ToArray(), drawn.Select(d => d.Bills).ToArray(), drawn.Select(d => d.InScopeFen).ToArray());
        var items = drawn.SelectMany(d => d.Drawn).Select(d => byKey[d.Key]).OrderBy(p => p.DoctorCode, StringComparer.Ordinal).ThenBy(p => p.Key, StringComparer.Ordinal).ToList();
        await act.Run("INSERT INTO prescription (draw_no, setl_id, doctor_code, prescribed_on, department_code, lines, amount_fen, in_scope_fen) SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8)",
            number, items.Select(p => p.SetlId).ToArray(), items.Select(p => p.DoctorCode).ToArray(), items.Select(p => DayNumber.ToDate(p.PrescribedOn)).ToArray(), items.Select(p => p.DepartmentCode).ToArray(),
            items.Select(p => p.Lines.Count).ToArray(), items.Select(p => p.AmountFen).ToArray(), items.Select(p => p.InScopeFen).ToArray());
        await act.Done(number, new { Drawn = items.Count, Doctors = drawn.Count });
        return (await PrescriptionDraw.Find(act.Connection, number, act.Cancellation))!;
    }

    public static List<Drawable> Drawables(IEnumerable<Prescription> frame) => [.. frame.Select(p => new Drawable(p.Key, p.DoctorCode, p.InScopeFen))];
}
