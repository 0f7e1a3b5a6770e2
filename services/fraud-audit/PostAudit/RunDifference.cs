using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>What a run found against what stands: added, gone, changed in money, the same. Of what its rules looked at only, and without persons of whom a settlement was taken or brought back, or who took over another's number, since: their bills have been audited again.</summary>
internal static class RunDifference
{
    /// <param name="Old">Money of those that stand; New: of those the run found.</param>
    internal sealed record Sum(string Kind, string Rule, long Count, string Old, string New);

    internal sealed record Row(string Kind, string Rule, string SetlId, string Subject, string PsnNo, string FixmedinsCode, string SettledOn, string State, string Old, string New, string Text);

    internal sealed record Page(long Count, IReadOnlyList<Row> Rows);

    /// <summary>Persons whom the run's findings no longer fit. $1 is the run.</summary>
    public const string Touched = """
        SELECT v.psn_no FROM claim_reversal AS v JOIN audit_run AS a ON a.run_no = $1 WHERE (v.journal_seq, v.idx) > (a.at_seq, a.at_idx)
        UNION ALL SELECT m.surviving_no FROM claim_merge AS m JOIN audit_run AS a ON a.run_no = $1 WHERE (m.journal_seq, m.idx) > (a.at_seq, a.at_idx)
        """;

    /// <summary>Findings that stand of what the run looked at. $1 is the run.</summary>
    public const string Standing = $"""
        SELECT o.* FROM finding AS o JOIN audit_run AS a ON a.run_no = $1 JOIN audit_claim AS c ON c.setl_id = o.setl_id
        WHERE o.rule = ANY(a.looked) AND o.settled_on BETWEEN a.from_on AND a.to_on AND o.gone_at IS NULL AND (c.journal_seq, c.idx) <= (a.at_seq, a.at_idx) AND o.psn_no NOT IN ({Touched})
        """;

    /// <summary>What the run found. $1 is the run.</summary>
    public const string Found = $"SELECT f.* FROM run_finding AS f WHERE f.run_no = $1 AND f.psn_no NOT IN ({Touched}) AND EXISTS (SELECT FROM audit_claim AS c WHERE c.setl_id = f.setl_id AND c.reversed_by IS NULL)";

    private const string Compared = $"""
        SELECT CASE WHEN o.rule IS NULL THEN 'added' WHEN f.rule IS NULL THEN 'gone' WHEN f.in_scope_fen <> o.in_scope_fen THEN 'changed' ELSE 'same' END AS kind, rule, setl_id, subject, coalesce(f.psn_no, o.psn_no) AS psn_no,
            coalesce(f.fixmedins_code, o.fixmedins_code) AS fixmedins_code, coalesce(f.settled_on, o.settled_on) AS settled_on, coalesce(o.state, '') AS state, coalesce(o.in_scope_fen, 0) AS old_fen, coalesce(f.in_scope_fen, 0) AS new_fen,
            coalesce(f.text, o.text) AS text
        FROM ({Found}) AS f FULL JOIN ({Standing}) AS o USING (rule, setl_id, subject)
        """;

    /// <summary>By kind and rule.</summary>
    public static async Task<IReadOnlyList<Sum>> Sums(NpgsqlDataSource database, long runNo, CancellationToken cancellation)
    {
        var sums = new List<Sum>();
        await using var command = database.CreateCommand($"SELECT kind, rule, count(*), sum(old_fen)::bigint, sum(new_fen)::bigint FROM ({Compared}) AS d GROUP BY 1, 2 ORDER BY 1, 2");
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = runNo });
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation)) sums.Add(new Sum(r.GetString(0), r.GetString(1), r.GetInt64(2), AuditJson.Yuan(r.GetInt64(3)), AuditJson.Yuan(r.GetInt64(4))));
        return sums;
    }

    public static async Task<Outcome<Page>> Query(AuditRequest request, long runNo, string? kind, string? rule, int? page, int? pageSize)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        if (kind is not (null or "added" or "gone" or "changed" or "same")) return AuditRunRefusals.KindUnknown;
        if (await AuditRun.Find(request.Database, runNo, request.Cancellation) is not { } run) return AuditRunRefusals.Unknown;
        if (run.State is "queued" or "running") return AuditRunRefusals.NotDone;
        await using var command = request.Database.CreateCommand($"""
            SELECT kind, rule, setl_id, subject, psn_no, fixmedins_code, settled_on, state, old_fen, new_fen, text, count(*) OVER () FROM ({Compared}) AS d
            WHERE ($2::text IS NULL AND kind <> 'same' OR kind = $2) AND ($3::text IS NULL OR rule = $3) ORDER BY rule, settled_on, setl_id, subject OFFSET $4 LIMIT $5
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = runNo });
        foreach (var text in (string?[])[kind, rule]) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)text ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (number - 1L) * size });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        var (count, rows) = (0L, new List<Row>());
        await using var r = await command.ExecuteReaderAsync(request.Cancellation);
        while (await r.ReadAsync(request.Cancellation))
        {
            count = r.GetInt64(11);
            rows.Add(new Row(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), AuditJson.Day(r.GetFieldValue<DateOnly>(6)), r.GetString(7), AuditJson.Yuan(r.GetInt64(8)), AuditJson.Yuan(r.GetInt64(9)), r.GetString(10)));
        }
        return new Page(count, rows);
    }
}
