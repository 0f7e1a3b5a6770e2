using MedInsure.FraudAudit.Intake;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>
/// All prescriptions of a provider's month as they were known and stood at a place of settlement's journal: the same list whenever it is asked for, so that a draw can be made again.
/// A purchase at a pharmacy is no prescription of its own.
/// </summary>
internal static class PrescriptionFrame
{
    public static async Task<List<Prescription>> Read(NpgsqlConnection connection, string provider, DateOnly month, string care, (long Seq, int Index) upTo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            WITH last AS (
                SELECT DISTINCT ON (root_setl_id) root_setl_id, restores FROM claim_reversal WHERE (journal_seq, idx) <= ($5, $6) ORDER BY root_setl_id, journal_seq DESC, idx DESC
            )
            SELECT psn_no, doc FROM audit_claim c WHERE fixmedins_code = $1 AND settled_at >= $2 AND settled_at < $3 AND is_stay = $4 AND NOT starts_with(med_type, '41') AND (journal_seq, idx) <= ($5, $6)
                AND NOT EXISTS (SELECT FROM last r WHERE r.root_setl_id = c.setl_id AND NOT r.restores)
            """, connection)
        {
            CommandTimeout = 0,
            Parameters =
            {
                new() { Value = provider }, new() { Value = ChinaCalendar.StartOf(month).UtcDateTime }, new() { Value = ChinaCalendar.StartOf(month.AddMonths(1)).UtcDateTime }, new() { Value = care == "stay" },
                new() { Value = upTo.Seq }, new() { Value = upTo.Index },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var frame = new List<Prescription>();
        while (await reader.ReadAsync(cancellation)) frame.AddRange(Prescription.Of(ClaimStore.Read(reader, 0)));
        return frame;
    }
}
