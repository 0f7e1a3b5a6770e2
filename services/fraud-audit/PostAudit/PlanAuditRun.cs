using Npgsql;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>Cuts a run into slices: persons by the thousand bills, then the months. A run whose rules have changed meanwhile is cut anew, since half of one and half of the other are neither.</summary>
internal static class PlanAuditRun
{
    // Two thousand bills: some seconds' work at most is done twice after a crash, and two cores end at about the same time.
    private const int BillsPerSlice = 2_000;

    public static async Task Execute(NpgsqlConnection connection, AuditRun run, RunRules rules, CancellationToken cancellation, int billsPerSlice = BillsPerSlice)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var locked = new NpgsqlCommand("SELECT state, rules_version FROM audit_run WHERE run_no = $1 FOR UPDATE", connection, transaction) { Parameters = { Number(run) } })
        await using (var reader = await locked.ExecuteReaderAsync(cancellation))
            // Another process planned it, or it was dropped.
            if (!await reader.ReadAsync(cancellation) || reader.GetString(0) is not ("queued" or "running") || (!reader.IsDBNull(1) && reader.GetString(1) == rules.Version)) return;
        var (from, to) = run.Instants;
        var batch = new NpgsqlBatch(connection, transaction) { Timeout = 0 };
        await using var disposed = batch;
        // Waits for slices that are being worked at, so that what they found goes too.
        Add("DELETE FROM audit_slice WHERE run_no = $1", Number(run));
        Add("DELETE FROM run_finding WHERE run_no = $1", Number(run));
        // The last number of every so many bills bounds a slice; a person is never cut, so bounds of one person fall together.
        if (rules.HasBillRules)
            Add("""
                INSERT INTO audit_slice (run_no, slice_no, from_psn, to_psn)
                SELECT $1, row_number() OVER (ORDER BY psn_no NULLS LAST), lag(psn_no) OVER (ORDER BY psn_no NULLS LAST), psn_no FROM (
                    SELECT DISTINCT psn_no FROM (SELECT psn_no, row_number() OVER (ORDER BY psn_no) AS n FROM audit_claim WHERE settled_at >= $2 AND settled_at < $3) AS bills WHERE n % $4 = 0
                    UNION ALL SELECT NULL) AS bounds
                """, Number(run), new NpgsqlParameter<DateTime> { TypedValue = from }, new NpgsqlParameter<DateTime> { TypedValue = to }, new NpgsqlParameter<int> { TypedValue = billsPerSlice });
        if (rules.HasPeriodRules)
            Add("INSERT INTO audit_slice (run_no, slice_no, month_on) SELECT $1, -row_number() OVER (), month FROM generate_series($2::timestamp, $3::timestamp, '1 month') AS month", Number(run),
                new NpgsqlParameter<DateOnly> { TypedValue = run.FromOn }, new NpgsqlParameter<DateOnly> { TypedValue = run.ToOn });
        Add("UPDATE audit_run SET state = 'running', failure = NULL, rules_version = $2, looked = $3, (at_seq, at_idx) = (SELECT seq, idx FROM feed_position) WHERE run_no = $1", Number(run),
            new NpgsqlParameter<string> { TypedValue = rules.Version }, new NpgsqlParameter<string[]> { TypedValue = [.. rules.Looked] });
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);

        void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var parameter in parameters) command.Parameters.Add(parameter);
            batch.BatchCommands.Add(command);
        }
    }

    private static NpgsqlParameter<long> Number(AuditRun run) => new() { TypedValue = run.RunNo };
}
