using MedInsure.FraudAudit.Cases;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.FraudAudit.Intake;

/// <summary>Two numbers were one person's: what is kept under the retired one is the surviving one's from then on. What was recorded as somebody said it (papers, stock movements, checks before settlements) keeps its number.</summary>
internal static class MergedPersons
{
    internal sealed record Moved(long CaseNo, string RetiredNo, string SurvivingNo);

    private static readonly string[] Moves =
    [
        "UPDATE audit_claim SET psn_no = $2 WHERE psn_no = $1", "UPDATE claim_reversal SET psn_no = $2 WHERE psn_no = $1", "UPDATE finding SET psn_no = $2 WHERE psn_no = $1", "UPDATE run_finding SET psn_no = $2 WHERE psn_no = $1",
        "UPDATE call_back SET psn_no = $2 WHERE psn_no = $1", "UPDATE ward_check_bed SET psn_no = $2 WHERE psn_no = $1", "UPDATE tip SET subject = $2 WHERE subject = $1 AND subject_kind = 'person'",
        // Its slices are cut by number: bills that moved from one to another would be looked at twice, or never. It begins anew.
        "UPDATE audit_run SET rules_version = NULL WHERE state = 'running' AND $1 <> $2",
    ];

    /// <returns>Of a survivor, from which settlement on bills have another history than before: the later of both numbers' first. And the cases that are another number's now, for <see cref="Tell"/>.</returns>
    public static async Task<(Dictionary<string, DateTime> Changed, List<Moved> Cases)> Follow(NpgsqlConnection connection, NpgsqlTransaction transaction, ReadAuditClaimsReply page, CancellationToken cancellation)
    {
        var (changed, cases) = (new Dictionary<string, DateTime>(StringComparer.Ordinal), new List<Moved>());
        foreach (var (retired, surviving) in page.Merge.Select(m => (m.RetiredNo, m.SurvivingNo)))
        {
            DateTime[] from = [.. changed.Where(c => c.Key == retired || c.Key == surviving).Select(c => c.Value)];
            if (await BothBegan(connection, transaction, retired, surviving, cancellation) is { } began) from = [.. from, began];
            changed.Remove(retired);
            if (from.Length > 0) changed[surviving] = from.Min();

            await using (var batch = new NpgsqlBatch(connection, transaction))
            {
                foreach (var sql in Moves) batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { Of(retired), Of(surviving) } });
                batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO claim_merge (retired_no, surviving_no, journal_seq, idx) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
                {
                    Parameters = { Of(retired), Of(surviving), new NpgsqlParameter<long> { TypedValue = page.ReadSeq }, new NpgsqlParameter<int> { TypedValue = page.ReadIdx } },
                });
                await batch.ExecuteNonQueryAsync(cancellation);
            }
            cases.AddRange((await Cases(connection, transaction, retired, surviving, cancellation)).Select(c => new Moved(c, retired, surviving)));
        }
        return (changed, cases);
    }

    /// <summary>The cases' histories say it. Last in the transaction: from here to the commit no other case of the county is acted on.</summary>
    public static async Task Tell(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<Moved> cases, DateTime now, CancellationToken cancellation)
    {
        foreach (var moved in cases)
            await CaseAct.Write(connection, transaction, moved.CaseNo, "person_merged", "系统", new DateTimeOffset(now), "人员档案合并，案件随保留的人员编号办理", new { moved.RetiredNo, moved.SurvivingNo }, null, null, cancellation);
    }

    private static async Task<DateTime?> BothBegan(NpgsqlConnection connection, NpgsqlTransaction transaction, string retired, string surviving, CancellationToken cancellation)
    {
        // One of them without a bill: no bill's history changes.
        await using var command = new NpgsqlCommand("SELECT CASE WHEN count(*) = 2 THEN max(began) END FROM (SELECT min(settled_at) AS began FROM audit_claim WHERE psn_no IN ($1, $2) AND reversed_by IS NULL GROUP BY psn_no) AS numbers", connection, transaction)
        {
            Parameters = { Of(retired), Of(surviving) },
        };
        return await command.ExecuteScalarAsync(cancellation) as DateTime?;
    }

    private static async Task<List<long>> Cases(NpgsqlConnection connection, NpgsqlTransaction transaction, string retired, string surviving, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE audit_case SET subject = $2 WHERE subject = $1 AND subject_kind = 'person' RETURNING case_no", connection, transaction) { Parameters = { Of(retired), Of(surviving) } };
        var cases = new List<long>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) cases.Add(reader.GetInt64(0));
        return cases;
    }

    private static NpgsqlParameter<string> Of(string number) => new() { TypedValue = number };
}
