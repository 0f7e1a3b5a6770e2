using MedInsure.Settlement.Journal;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Projections;

/// <summary>Relatives' consents as one step leaves them: of each pair the last record counts.</summary>
internal static class FamilyConsentRows
{
    public static void Write(NpgsqlBatch batch, IEnumerable<(JournalRecord Record, long Seq, int Index)> rows)
    {
        // In the journal's order, one statement each: a consent is a rare thing.
        foreach (var (record, seq, index) in rows)
        {
            if (record.FamilyConsentRecorded is { } consent)
                batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                    INSERT INTO family_consent (psn_no, payer_no, from_on, to_on, relation, evidence, recorded_at, withdrawn, reason, seq, idx) VALUES ($1, $2, $3, $4, $5, $6, $7, false, '', $8, $9)
                    ON CONFLICT (psn_no, payer_no) DO UPDATE SET from_on = excluded.from_on, to_on = excluded.to_on, relation = excluded.relation, evidence = excluded.evidence,
                        recorded_at = excluded.recorded_at, withdrawn = false, reason = '', seq = excluded.seq, idx = excluded.idx
                    """)
                {
                    Parameters =
                    {
                        new() { Value = record.PsnNo }, new() { Value = consent.PayerNo }, new() { Value = consent.FromOn }, new() { Value = consent.ToOn }, new() { Value = consent.Relation }, new() { Value = consent.Evidence },
                        new() { Value = DateTimeOffset.FromUnixTimeMilliseconds(record.AtMs).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { Value = seq }, new() { Value = index },
                    },
                });
            else if (record.FamilyConsentWithdrawn is { } withdrawn)
                batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE family_consent SET withdrawn = true, reason = $3 WHERE psn_no = $1 AND payer_no = $2")
                {
                    Parameters = { new() { Value = record.PsnNo }, new() { Value = withdrawn.PayerNo }, new() { Value = withdrawn.Reason } },
                });
        }
    }
}
