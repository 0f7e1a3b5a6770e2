using MedInsure.FraudAudit.Findings;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>Another person than who started a run lets what it found stand; or somebody drops it, with what it found. The same decision again changes nothing.</summary>
internal static class DecideAuditRun
{
    internal sealed record Decision(string? By, string? Reason);

    /// <param name="rulesVersion">Of the county's rules as they are now.</param>
    public static async Task<Outcome<AuditRun>> Apply(AuditRequest request, long runNo, Decision decision, string rulesVersion, DateTimeOffset now)
    {
        if (!AuditTexts.IsReason(decision.Reason)) return Refusals.ReasonMissing;
        if (await AuditRun.Find(request.Database, runNo, request.Cancellation) is not { Kind: "audit" } run) return AuditRunRefusals.Unknown;
        if (TwoPeople.Another(decision.By, "by", run.StartedBy) is { } nobody) return nobody;
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(request.Cancellation);
        // The intake writes nothing meanwhile: what it found of a person since the run decides, and it must not find something else while this looks.
        await using (var alone = new NpgsqlCommand("SELECT FROM feed_position FOR UPDATE", connection, transaction)) await alone.ExecuteNonQueryAsync(request.Cancellation);
        switch (await Locked(connection, transaction, runNo, request.Cancellation))
        {
            case ("applied", _): return run;
            case ("dropped", _): return AuditRunRefusals.NotOpen;
            case ("done", var version): if (version != rulesVersion) return AuditRunRefusals.RulesChanged; break;
            default: return AuditRunRefusals.NotDone;
        }
        await using (var batch = new NpgsqlBatch(connection, transaction) { Timeout = 0 })
        {
            foreach (var sql in FindingStore.Standing($"({RunDifference.Found}) AS f", "$1")) Add(sql);
            Add($"UPDATE finding AS t SET {FindingStore.Gone("t", "$2", "'not_found'")} FROM ({RunDifference.Standing}) AS s WHERE t.finding_no = s.finding_no AND NOT EXISTS (SELECT FROM run_finding AS f WHERE f.run_no = $1 AND (f.rule, f.setl_id, f.subject) = (s.rule, s.setl_id, s.subject))");
            // At none of them did a rule throw this time, and all rules looked.
            if (run is { Failed: 0, Rules.Length: 0 })
                Add("UPDATE audit_claim AS c SET audit_failure = NULL FROM audit_run AS a WHERE a.run_no = $1 AND c.audit_failure IS NOT NULL AND c.settled_at >= a.from_on::timestamp AT TIME ZONE 'Asia/Shanghai' AND c.settled_at < (a.to_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AND (c.journal_seq, c.idx) <= (a.at_seq, a.at_idx) AND $2 IS NOT NULL");
            await batch.ExecuteNonQueryAsync(request.Cancellation);

            void Add(string sql) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<long> { TypedValue = runNo }, new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime } } });
        }
        await Decided(connection, transaction, runNo, "applied", decision, now, request.Cancellation);
        await transaction.CommitAsync(request.Cancellation);
        return (await AuditRun.Find(request.Database, runNo, request.Cancellation))!;
    }

    public static async Task<Outcome<AuditRun>> Drop(AuditRequest request, string kind, long runNo, Decision decision, DateTimeOffset now)
    {
        if (!AuditTexts.IsReason(decision.Reason)) return Refusals.ReasonMissing;
        if (TwoPeople.Name(decision.By, "by") is { } nobody) return nobody;
        if (await AuditRun.Find(request.Database, runNo, request.Cancellation) is not { } run || run.Kind != kind) return AuditRunRefusals.Unknown;
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(request.Cancellation);
        switch (await Locked(connection, transaction, runNo, request.Cancellation))
        {
            case ("dropped", _): return run;
            case ("applied", _): return AuditRunRefusals.NotOpen;
        }
        // The slices first: a process that works at one ends it before it goes, and what it found goes with the rest.
        foreach (var table in (string[])["audit_slice", "run_finding"])
        {
            await using var delete = new NpgsqlCommand($"DELETE FROM {table} WHERE run_no = $1", connection, transaction) { CommandTimeout = 0, Parameters = { new NpgsqlParameter<long> { TypedValue = runNo } } };
            await delete.ExecuteNonQueryAsync(request.Cancellation);
        }
        await Decided(connection, transaction, runNo, "dropped", decision, now, request.Cancellation);
        await transaction.CommitAsync(request.Cancellation);
        return (await AuditRun.Find(request.Database, runNo, request.Cancellation))!;
    }

    private static async Task<(string State, string? Version)> Locked(NpgsqlConnection connection, NpgsqlTransaction transaction, long runNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT state, rules_version FROM audit_run WHERE run_no = $1 FOR UPDATE", connection, transaction) { Parameters = { new NpgsqlParameter<long> { TypedValue = runNo } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));
    }

    private static async Task Decided(NpgsqlConnection connection, NpgsqlTransaction transaction, long runNo, string state, Decision decision, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE audit_run SET state = $2, decided_by = $3, decision_reason = $4, decided_at = $5 WHERE run_no = $1", connection, transaction);
        foreach (var value in (object[])[runNo, state, decision.By!.Trim(), decision.Reason!.Trim(), now.UtcDateTime]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
