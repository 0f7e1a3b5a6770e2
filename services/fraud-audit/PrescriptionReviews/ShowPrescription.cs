using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Intake;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>A prescription with what a pharmacist judges it by: its lines, who the patient is and has, what the rules found of the bill; and what was said of it.</summary>
internal static class ShowPrescription
{
    public static async Task<Outcome<object>> Of(NpgsqlConnection connection, ReviewTerms terms, long number, CancellationToken cancellation)
    {
        if (await PrescriptionRow.Find(connection, number, cancellation) is not { } row) return PrescriptionReviewRefusals.Unknown;
        var claim = await Claim(connection, null, row.SetlId, cancellation);
        var lines = Prescription.LinesOf(claim, row.Key);
        var reviews = await FieldRows.Read(connection, null, """
            SELECT r.round, r.expert, r.outcome, r.reasons, r.text, r.reviewed_at, l.* FROM prescription_review r CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(feedetl_sn ORDER BY feedetl_sn), ARRAY[]::text[]), coalesce(array_agg(wrong_fen ORDER BY feedetl_sn), ARRAY[]::bigint[]), coalesce(array_agg(decided_fen ORDER BY feedetl_sn), ARRAY[]::bigint[])
                FROM prescription_review_line l WHERE (l.prescription_no, l.round) = (r.prescription_no, r.round)) l WHERE r.prescription_no = $1 ORDER BY r.round
            """, r => (object)new
        {
            Round = r.GetInt32(0), Expert = r.GetString(1), Outcome = r.GetString(2), OutcomeName = terms.NameOf(r.GetString(2)), Reasons = r.GetFieldValue<string[]>(3).Select(c => new { Code = c, terms.Reason(c)?.Name }), Text = r.GetString(4),
            ReviewedAt = AuditJson.Time(r.GetDateTime(5)), Lines = Lines(r.GetFieldValue<string[]>(6), r.GetFieldValue<long[]>(7), r.GetFieldValue<long?[]>(8)),
        }, cancellation, number);
        var findings = await FieldRows.Read(connection, null, "SELECT finding_no, rule, text, in_scope_fen, lines FROM finding WHERE setl_id = $1 AND gone_at IS NULL ORDER BY finding_no LIMIT 100",
            r => (object)new { FindingNo = r.GetInt64(0), Rule = r.GetString(1), Text = r.GetString(2), InScope = AuditJson.Yuan(r.GetInt64(3)), Lines = r.GetFieldValue<string[]>(4) }, cancellation, row.SetlId);
        return new
        {
            Prescription = row.Shown(terms), claim.PsnNo, claim.Gend, BirthOn = claim.BirthOn == 0 ? null : AuditJson.Day(DayNumber.ToDate(claim.BirthOn)), claim.MedType, DiseaseCode = claim.DiseaseCode.Length > 0 ? claim.DiseaseCode : null,
            Diagnoses = claim.Diagnosis.Select(d => d.Code), Statement = row.Statement.Length > 0 ? row.Statement : null,
            Lines = lines.Select(l => new
            {
                l.FeedetlSn, l.MedListCode, l.ItemName, l.PrescriptionNo, Quantity = new Quantity(l.QuantityE4).ToString(), UnitPrice = new UnitPrice(l.UnitPriceMicroYuan).ToString(), Amount = AuditJson.Yuan(l.AmountFen), InScope = AuditJson.Yuan(l.InScopeFen),
                SupplyDays = l.SupplyDaysE2 == 0 ? (decimal?)null : l.SupplyDaysE2 / 100m,
            }),
            Reviews = reviews, Findings = findings, History = await FieldAct.History(connection, "prescription", number, cancellation),
        };
    }

    public static async Task<AuditClaim> Claim(NpgsqlConnection connection, NpgsqlTransaction? transaction, string setlId, CancellationToken cancellation) =>
        (await FieldRows.Read(connection, transaction, "SELECT psn_no, doc FROM audit_claim WHERE setl_id = $1", r => ClaimStore.Read(r, 0), cancellation, setlId))[0];

    private static IEnumerable<object> Lines(string[] lines, long[] wrong, long?[] decided) =>
        lines.Select((line, i) => (object)new { FeedetlSn = line, Wrong = AuditJson.Yuan(wrong[i]), Decided = decided[i] is { } fen ? AuditJson.Yuan(fen) : null });
}
