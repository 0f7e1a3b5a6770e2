using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Projections;

/// <summary>Consents, and settlements that await their insurer's answer, as one step leaves them.</summary>
internal static class SupplementRows
{
    /// <summary>What a step leaves of a consent; without its record only the end of one that is there.</summary>
    private sealed class ConsentRow
    {
        public ConsentRecorded? Recorded { get; set; }
        public long AtMs { get; set; }
        public bool Withdrawn { get; set; }
    }

    /// <summary>What a step leaves of a settlement without its answer; null leaves what was there.</summary>
    private sealed class LateRow
    {
        public JournalRecord? Settled { get; set; }
        public string? State { get; set; }
        public SupplementAnswered? Answer { get; set; }
    }

    public static void Write(NpgsqlBatch batch, IReadOnlyList<JournalRecord> records)
    {
        Dictionary<(string PsnNo, string ContractNo, string PolicyNo), ConsentRow>? consents = null;
        Dictionary<string, LateRow>? late = null;
        foreach (var record in records)
        {
            switch (record.BodyCase)
            {
                case JournalRecord.BodyOneofCase.ConsentRecorded:
                    var recorded = Row(ref consents, (record.PsnNo, record.ConsentRecorded.ContractNo, record.ConsentRecorded.PolicyNo));
                    (recorded.Recorded, recorded.AtMs, recorded.Withdrawn) = (record.ConsentRecorded, record.AtMs, false);
                    break;
                case JournalRecord.BodyOneofCase.ConsentWithdrawn:
                    Row(ref consents, (record.PsnNo, record.ConsentWithdrawn.ContractNo, record.ConsentWithdrawn.PolicyNo)).Withdrawn = true;
                    break;
                case JournalRecord.BodyOneofCase.SettledClaim when record.SettledClaim.Facts.Supplement is { DecisionNo.Length: 0 }:
                    var settled = Row(ref late, record.SettledClaim.SetlId);
                    (settled.Settled, settled.State) = (record, "pending");
                    break;
                case JournalRecord.BodyOneofCase.ReversedClaim when record.ReversedClaim is { Late: null, Negated.Facts.Supplement.DecisionNo.Length: 0 } reversal:
                    Row(ref late, reversal.RootSetlId).State = reversal.Restores ? "pending" : "reversed";
                    break;
                case JournalRecord.BodyOneofCase.SupplementAnswered:
                    var answered = Row(ref late, record.SupplementAnswered.SetlId);
                    (answered.State, answered.Answer) = ("answered", record.SupplementAnswered);
                    break;
            }
        }
        if (consents is not null) Consents(batch, consents);
        if (late is not null) Late(batch, late);
    }

    private static TRow Row<TKey, TRow>(ref Dictionary<TKey, TRow>? rows, TKey key) where TKey : notnull where TRow : new()
    {
        rows ??= [];
        if (!rows.TryGetValue(key, out var row)) rows.Add(key, row = new TRow());
        return row;
    }

    private static void Consents(NpgsqlBatch batch, Dictionary<(string PsnNo, string ContractNo, string PolicyNo), ConsentRow> consents)
    {
        var recorded = consents.Where(c => c.Value.Recorded is not null).ToList();
        if (recorded.Count > 0)
            batch.BatchCommands.Add(new SetInsert().Text(recorded, c => c.Key.PsnNo).Text(recorded, c => c.Key.ContractNo).Text(recorded, c => c.Key.PolicyNo)
                .Date(recorded, c => DayNumber.ToDate(c.Value.Recorded!.FromOn)).Date(recorded, c => DayNumber.ToDate(c.Value.Recorded!.ToOn)).Text(recorded, c => c.Value.Recorded!.Evidence)
                .Column(recorded, NpgsqlDbType.TimestampTz, c => DateTimeOffset.FromUnixTimeMilliseconds(c.Value.AtMs).UtcDateTime).Column(recorded, NpgsqlDbType.Boolean, c => c.Value.Withdrawn)
                .Command("""
                    INSERT INTO consent (psn_no, contract_no, policy_no, from_on, to_on, evidence, recorded_at, withdrawn) SELECT * FROM {unnest}
                    ON CONFLICT (psn_no, contract_no, policy_no) DO UPDATE SET from_on = excluded.from_on, to_on = excluded.to_on, evidence = excluded.evidence,
                        recorded_at = excluded.recorded_at, withdrawn = excluded.withdrawn
                    """));
        var ended = consents.Where(c => c.Value.Recorded is null).ToList();
        if (ended.Count > 0)
            batch.BatchCommands.Add(new SetInsert().Text(ended, c => c.Key.PsnNo).Text(ended, c => c.Key.ContractNo).Text(ended, c => c.Key.PolicyNo)
                .Command("""
                    UPDATE consent AS c SET withdrawn = true FROM {unnest} AS u (psn_no, contract_no, policy_no)
                    WHERE c.psn_no = u.psn_no AND c.contract_no = u.contract_no AND c.policy_no = u.policy_no
                    """));
    }

    private static void Late(NpgsqlBatch batch, Dictionary<string, LateRow> late)
    {
        var settled = late.Where(l => l.Value.Settled is not null).ToList();
        if (settled.Count > 0)
            batch.BatchCommands.Add(new SetInsert().Text(settled, l => l.Key).Text(settled, l => l.Value.Settled!.PsnNo).Text(settled, l => l.Value.Settled!.MdtrtId)
                .Text(settled, l => Of(l.Value).ContractNo).Text(settled, l => Of(l.Value).Insurer).Text(settled, l => Of(l.Value).PolicyNo).Text(settled, l => Of(l.Value).BillId)
                .Column(settled, NpgsqlDbType.TimestampTz, l => DateTimeOffset.FromUnixTimeMilliseconds(l.Value.Settled!.AtMs).UtcDateTime).Text(settled, l => l.Value.State)
                .Text(settled, l => l.Value.Answer?.DecisionNo).Column(settled, NpgsqlDbType.Bigint, l => l.Value.Answer?.AmountFen)
                .Command("""
                    INSERT INTO late_supplement (setl_id, psn_no, mdtrt_id, contract_no, insurer, policy_no, bill_id, settled_at, state, decision_no, amount_fen, next_ask_at)
                    SELECT *, settled_at FROM {unnest} AS u (setl_id, psn_no, mdtrt_id, contract_no, insurer, policy_no, bill_id, settled_at, state, decision_no, amount_fen)
                    """));
        var changed = late.Where(l => l.Value.Settled is null).ToList();
        if (changed.Count > 0)
            batch.BatchCommands.Add(new SetInsert().Text(changed, l => l.Key).Text(changed, l => l.Value.State).Text(changed, l => l.Value.Answer?.DecisionNo)
                .Column(changed, NpgsqlDbType.Bigint, l => l.Value.Answer?.AmountFen)
                .Command("""
                    UPDATE late_supplement AS l SET state = u.state, decision_no = u.decision_no, amount_fen = u.amount_fen
                    FROM {unnest} AS u (setl_id, state, decision_no, amount_fen) WHERE l.setl_id = u.setl_id
                    """));
    }

    private static Supplement Of(LateRow row) => row.Settled!.SettledClaim.Facts.Supplement;
}
