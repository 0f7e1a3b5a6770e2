using MedInsure.Settlement.Journal;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Projections;

/// <summary>
/// What a merge does to the tables: the rows of the retired number are the surviving one's, so that whoever reads a person has all of him. The documents stay as they were written. After
/// all other statements up to the merge: nothing is written under the retired number after it.
/// </summary>
internal static class MergeRows
{
    // An insurer that is asked late is asked about the person whom it was asked about first: late_supplement keeps its number.
    private static readonly string[] Owned = ["claim", "claim_correction", "encounter", "filing", "person_benefit"];

    public static void Write(NpgsqlBatch batch, JournalRecord record, PersonsMerged merged, long seq, int index)
    {
        Add(batch, "INSERT INTO person_merge (retired_no, into_no, surviving_no, merge_no, merged_at, seq, idx) VALUES ($1, $2, $2, $3, $4, $5, $6)", merged.RetiredNo, record.PsnNo, merged.MergeNo,
            DateTimeOffset.FromUnixTimeMilliseconds(record.AtMs), seq, index);
        Add(batch, "UPDATE person_merge SET surviving_no = $2 WHERE surviving_no = $1", merged.RetiredNo, record.PsnNo);
        foreach (var table in Owned) Add(batch, $"UPDATE {table} SET psn_no = $2 WHERE psn_no = $1", merged.RetiredNo, record.PsnNo);
        foreach (var kept in merged.Consent)
            Add(batch, "UPDATE consent SET psn_no = $2 WHERE psn_no = $1 AND contract_no = $3 AND policy_no = $4 AND NOT EXISTS (SELECT FROM consent WHERE psn_no = $2 AND contract_no = $3 AND policy_no = $4)",
                merged.RetiredNo, record.PsnNo, kept.ContractNo, kept.PolicyNo);
        Add(batch, "UPDATE consent SET withdrawn = true WHERE psn_no = $1 AND NOT withdrawn", merged.RetiredNo);
        // Last in the order, as a consent anew is.
        Add(batch, "UPDATE family_consent SET psn_no = $2, seq = $4, idx = $5 WHERE psn_no = $1 AND payer_no = ANY($3)", merged.RetiredNo, record.PsnNo, merged.FamilyPayer.ToArray(), seq, index);
        Add(batch, "UPDATE family_consent SET withdrawn = true WHERE psn_no = $1 AND NOT withdrawn", merged.RetiredNo);
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value is DateTimeOffset at ? new NpgsqlParameter { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz } : new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}
