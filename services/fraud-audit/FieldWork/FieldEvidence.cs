using System.Globalization;
using MedInsure.FraudAudit.Tips;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.FieldWork;

/// <summary>Whether a number that a case names as evidence was given here, stands, and is about the case's subject.</summary>
internal static class FieldEvidence
{
    /// <summary>Of a prescription p: an irrational one that two experts agree on, in no case yet; one that was dismissed or cleared leaves it free.</summary>
    public const string Decided = """
        p.state = 'decided' AND p.outcome <> 'rational' AND NOT EXISTS (
            SELECT FROM case_evidence e JOIN audit_case k USING (case_no) WHERE e.kind = 'prescription_review' AND ltrim(e.number, '0') = p.prescription_no::text AND e.withdrawn_by = '' AND k.state NOT IN ('dismissed', 'cleared'))
        """;

    // Of each: $1 the number, $2 the subject, $3 whether it is a provider, $4 the settlement that the piece names, or ''.
    private static readonly Dictionary<string, string> Stands = new()
    {
        ["sample"] = "SELECT FROM sample_item i JOIN audit_claim c USING (setl_id) WHERE i.sample_no = $1 AND ($4 = '' OR i.setl_id = $4) AND CASE WHEN $3 THEN c.fixmedins_code ELSE c.psn_no END = $2",
        ["call_back"] = "SELECT FROM call_back WHERE call_no = $1 AND state = 'done' AND ($4 = '' OR setl_id = $4) AND CASE WHEN $3 THEN fixmedins_code ELSE psn_no END = $2",
        ["ward_check"] = """
            SELECT FROM ward_check w WHERE check_no = $1 AND withdrawn_by = '' AND $4 = $4
              AND (fixmedins_code = $2 AND $3 OR NOT $3 AND EXISTS (SELECT FROM ward_check_bed b WHERE b.check_no = w.check_no AND b.psn_no = $2))
            """,
        ["campaign"] = "SELECT FROM campaign_provider WHERE campaign_no = $1 AND fixmedins_code = $2 AND reports > 0 AND $3 AND $4 = $4",
        ["prescription_review"] = $"SELECT FROM prescription p JOIN audit_claim c USING (setl_id) WHERE p.prescription_no = $1 AND ($4 = '' OR p.setl_id = $4) AND CASE WHEN $3 THEN c.fixmedins_code ELSE c.psn_no END = $2 AND {Decided}",
        // Who is found may be another than who was suspected.
        ["tip"] = "SELECT FROM tip WHERE tip_no = $1 AND state IN ('registered', 'checking', 'confirmed') AND $2 = $2 AND $3 = $3 AND $4 = $4",
    };

    /// <returns>Why the piece is none; null: it may be named, or is no evidence of the field.</returns>
    public static async Task<Refusal?> Check(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, string kind, string number, bool provider, string subject, string setlId, CancellationToken cancellation)
    {
        if (!Stands.TryGetValue(kind, out var rows)) return null;
        var no = kind == "tip" ? TipRow.Parse(county, number) : long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var plain) ? plain : null;
        if (no is null) return FieldRefusals.EvidenceUnknown;
        await using var command = FieldRows.Command(connection, transaction, $"SELECT EXISTS ({rows})", [no.Value, subject, provider, setlId]);
        return (bool)(await command.ExecuteScalarAsync(cancellation))! ? null : FieldRefusals.EvidenceUnknown;
    }
}
