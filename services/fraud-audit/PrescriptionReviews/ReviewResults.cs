using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>What reviews of some months come to, of each doctor or provider: decided ones alone, of bills that stand.</summary>
internal static class ReviewResults
{
    /// <param name="By">provider, doctor.</param>
    /// <param name="IrrationalMin">Percent.</param>
    internal sealed record Filter(string? By, string? FromMonth, string? ToMonth, string? Care, string? FixmedinsCode, string? DoctorCode, decimal? IrrationalMin, int? Page, int? PageSize);

    /// <param name="Prescribed">From which was drawn.</param>
    /// <param name="IrrationalPercent">Of those decided; null: none is.</param>
    internal sealed record Row(
        string FixmedinsCode, string? DoctorCode, long Prescribed, long Drawn, long Decided, long Rational, long Irregular, long Unsuitable, long Extraordinary, decimal? IrrationalPercent, string Reviewed, string Wrong, string Text, string TextEn);

    public static async Task<Outcome<object>> Query(AuditRequest request, Filter filter)
    {
        if (filter.By is not (null or "provider" or "doctor") || filter.Care is not (null or "" or "outpatient" or "stay") || filter.IrrationalMin is < 0 or > 100) return PrescriptionReviewRefusals.FilterInvalid;
        DateOnly from = DateOnly.MinValue, to = DateOnly.MaxValue;
        if (!string.IsNullOrEmpty(filter.FromMonth) && !DateOnly.TryParseExact(filter.FromMonth + "01", "yyyyMMdd", out from)) return PrescriptionReviewRefusals.MonthInvalid.At("from_month");
        if (!string.IsNullOrEmpty(filter.ToMonth) && !DateOnly.TryParseExact(filter.ToMonth + "01", "yyyyMMdd", out to)) return PrescriptionReviewRefusals.MonthInvalid.At("to_month");
        var doctor = filter.By == "doctor";
        var rows = await FieldRows.Page(request, filter.Page, filter.PageSize, """
            WITH item AS (
                SELECT w.fixmedins_code, CASE WHEN $1 THEN d.doctor_code ELSE '' END AS doctor, d.prescriptions, p.*
                FROM prescription_draw w JOIN prescription_doctor d USING (draw_no)
                CROSS JOIN LATERAL (
                    SELECT count(*) AS drawn, count(*) FILTER (WHERE decided) AS decided, count(*) FILTER (WHERE decided AND outcome = 'rational') AS rational, count(*) FILTER (WHERE decided AND outcome = 'irregular') AS irregular,
                        count(*) FILTER (WHERE decided AND outcome = 'unsuitable') AS unsuitable, count(*) FILTER (WHERE decided AND outcome = 'extraordinary') AS extraordinary,
                        coalesce(sum(in_scope_fen) FILTER (WHERE decided), 0)::bigint AS reviewed_fen, coalesce(sum(wrong_fen) FILTER (WHERE decided), 0)::bigint AS wrong_fen
                    FROM (SELECT i.outcome, i.in_scope_fen, i.wrong_fen, i.state = 'decided' AND c.reversed_by IS NULL AS decided FROM prescription i JOIN audit_claim c USING (setl_id) WHERE (i.draw_no, i.doctor_code) = (d.draw_no, d.doctor_code)) i
                ) p WHERE w.month BETWEEN $2 AND $3 AND ($4 = '' OR w.care = $4) AND ($5 = '' OR w.fixmedins_code = $5) AND ($6 = '' OR d.doctor_code = $6)
            ), summed AS (
                SELECT fixmedins_code, doctor, sum(prescriptions)::bigint AS prescribed, sum(drawn)::bigint AS drawn, sum(decided)::bigint AS decided, sum(rational)::bigint AS rational, sum(irregular)::bigint AS irregular,
                    sum(unsuitable)::bigint AS unsuitable, sum(extraordinary)::bigint AS extraordinary, sum(reviewed_fen)::bigint AS reviewed_fen, sum(wrong_fen)::bigint AS wrong_fen FROM item GROUP BY 1, 2
            )
            SELECT * FROM summed WHERE (decided - rational) * 100 >= $7 * decided AND ($7 = 0 OR decided > 0)
            ORDER BY CASE WHEN decided = 0 THEN 0 ELSE (decided - rational)::numeric / decided END DESC, fixmedins_code, doctor OFFSET $8 LIMIT $9
            """, r => Of(doctor, r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7), r.GetInt64(8), r.GetInt64(9), r.GetInt64(10)),
            doctor, from, to, filter.Care ?? "", filter.FixmedinsCode ?? "", filter.DoctorCode ?? "", filter.IrrationalMin ?? 0m);
        return rows.Refusal is { } refusal ? refusal : new { Results = rows.Value };
    }

    private static Row Of(bool doctor, string provider, string code, long prescribed, long drawn, long decided, long rational, long irregular, long unsuitable, long extraordinary, long reviewedFen, long wrongFen)
    {
        decimal? percent = decided == 0 ? null : Math.Round((decided - rational) * 100m / decided, 2, MidpointRounding.AwayFromZero);
        var (who, whoEn) = !doctor ? ($"机构{provider}", provider) : code.Length == 0 ? ($"机构{provider}未写明医师者", $"{provider}, no doctor named") : ($"医师{code}", code);
        var (text, textEn) = percent is not { } share
            ? ($"{who}处方{prescribed}张，抽取{drawn}张，尚无结论", $"{whoEn}: {prescribed} prescriptions, {drawn} drawn, none decided")
            : ($"{who}处方{prescribed}张，抽取{drawn}张，已定{decided}张，其中不合理{decided - rational}张（不规范{irregular}、不适宜{unsuitable}、超常{extraordinary}），占{share:F2}%，违规金额{AuditJson.Yuan(wrongFen)}元",
                $"{whoEn}: {prescribed} prescriptions, {drawn} drawn, {decided} decided, {decided - rational} irrational ({irregular} irregular, {unsuitable} unsuitable, {extraordinary} extraordinary), {share:F2} %, {AuditJson.Yuan(wrongFen)} yuan wrong");
        return new Row(provider, doctor && code.Length > 0 ? code : null, prescribed, drawn, decided, rational, irregular, unsuitable, extraordinary, percent, AuditJson.Yuan(reviewedFen), AuditJson.Yuan(wrongFen), text, textEn);
    }
}
