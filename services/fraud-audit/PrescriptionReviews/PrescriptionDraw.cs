using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Samples;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>A draw as it was made, with how far its review is.</summary>
/// <param name="FrameSha256">Of the list from which was drawn, which `…/frame` gives again.</param>
internal sealed record PrescriptionDraw(
    long DrawNo, string FixmedinsCode, string Month, string Care, int PerDoctor, decimal Share, string Seed, int FramePrescriptions, string FrameSha256, string DrawnBy, string DrawnAt, int Doctors, int Drawn, int Decided)
{
    private const string Columns = """
        SELECT draw_no, fixmedins_code, month, care, per_doctor, share_bp, seed, frame_rows, frame_sha256, drawn_by, drawn_at, (SELECT count(*) FROM prescription_doctor d WHERE d.draw_no = w.draw_no)::int, p.drawn, p.decided
        FROM prescription_draw w CROSS JOIN LATERAL (SELECT count(*)::int AS drawn, (count(*) FILTER (WHERE state = 'decided'))::int AS decided FROM prescription p WHERE p.draw_no = w.draw_no) p
        """;

    public static async Task<PrescriptionDraw?> Find(NpgsqlConnection connection, long drawNo, CancellationToken cancellation) =>
        (await FieldRows.Read(connection, null, $"{Columns} WHERE draw_no = $1", Of, cancellation, drawNo)).SingleOrDefault();

    /// <summary>The newest first.</summary>
    public static async Task<Outcome<object>> List(AuditRequest request, string? provider, string? month, int? page, int? pageSize)
    {
        // What Npgsql writes as -infinity: no month was asked for.
        var first = DateOnly.MinValue;
        if (!string.IsNullOrEmpty(month) && !DateOnly.TryParseExact(month + "01", "yyyyMMdd", out first)) return PrescriptionReviewRefusals.MonthInvalid;
        var rows = await FieldRows.Page(request, page, pageSize, $"{Columns} WHERE ($1 = '' OR fixmedins_code = $1) AND ($2 = '-infinity' OR month = $2) ORDER BY draw_no DESC OFFSET $3 LIMIT $4", Of, provider ?? "", first);
        return rows.Refusal is { } refusal ? refusal : new { Draws = rows.Value };
    }

    /// <summary>The list from which was drawn, made again from what was known and stood then: its SHA-256 is the draw's. Whoever has the seed draws the same of it.</summary>
    public static async Task<Outcome<string>> Frame(AuditRequest request, long drawNo)
    {
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        var draw = (await FieldRows.Read(connection, null, "SELECT fixmedins_code, month, care, frame_seq, frame_idx FROM prescription_draw WHERE draw_no = $1",
            r => (Provider: r.GetString(0), Month: r.GetFieldValue<DateOnly>(1), Care: r.GetString(2), At: (r.GetInt64(3), r.GetInt32(4))), request.Cancellation, drawNo)).SingleOrDefault();
        if (draw.Provider is null) return PrescriptionReviewRefusals.DrawUnknown;
        return string.Concat(SampleDraw.FrameLines(DrawPrescriptions.Drawables(await PrescriptionFrame.Read(connection, draw.Provider, draw.Month, draw.Care, draw.At, request.Cancellation))));
    }

    private static PrescriptionDraw Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetFieldValue<DateOnly>(2).ToString("yyyyMM", System.Globalization.CultureInfo.InvariantCulture), r.GetString(3), r.GetInt32(4), r.GetInt32(5) / 10_000m,
        r.GetString(6), r.GetInt32(7), r.GetString(8), r.GetString(9), AuditJson.Time(r.GetDateTime(10)), r.GetInt32(11), r.GetInt32(12), r.GetInt32(13));
}
