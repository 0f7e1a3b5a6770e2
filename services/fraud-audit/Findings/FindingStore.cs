using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Findings;

/// <summary>Lets what was found stand: found again it is the same finding, no longer found it is withdrawn, and what people decided stays as they decided it.</summary>
internal static class FindingStore
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private const string Sent = """
        jsonb_to_recordset($1) AS f (rule text, setl_id text, subject text, psn_no text, fixmedins_code text, provider_county text, doctor_code text, department_code text, occurred_on date, settled_on date,
            in_scope_fen bigint, certain boolean, severity int, text text, text_en text, lines text[], earlier_setl_ids text[])
        """;

    /// <summary>After settlements were audited by rules: what was found of them, and nothing else, stands.</summary>
    /// <param name="audited">setl_id.</param>
    /// <param name="rules">Numbers of the rules that looked.</param>
    public static async Task Write(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<string> audited, IEnumerable<string> rules, IReadOnlyList<FindingRow> found, DateTime now, CancellationToken cancellation)
    {
        if (audited.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (found.Count > 0)
            foreach (var sql in Standing(Sent, "NULL"))
                batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { Rows(found), At(now) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            UPDATE finding AS o SET {Gone("o", "$2", "'not_found'")} WHERE o.gone_at IS NULL AND o.setl_id = ANY($3) AND o.rule = ANY($4)
              AND NOT EXISTS (SELECT FROM {Sent} WHERE (f.rule, f.setl_id, f.subject) = (o.rule, o.setl_id, o.subject))
            """) { Parameters = { Rows(found), At(now), new NpgsqlParameter<string[]> { TypedValue = [.. audited] }, new NpgsqlParameter<string[]> { TypedValue = [.. rules] } } });
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Of settlements that no longer count nothing stands.</summary>
    public static async Task Reverse(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<string> reversed, DateTime now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"UPDATE finding SET {Gone("finding", "$1", "'reversed'")} WHERE setl_id = ANY($2) AND gone_why IS DISTINCT FROM 'reversed'", connection, transaction)
        {
            Parameters = { At(now), new NpgsqlParameter<string[]> { TypedValue = [.. reversed] } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Two statements that let rows stand. Decided findings only come back: their words and money are those that people judged.</summary>
    /// <param name="source">A FROM item named f with the columns of <see cref="FindingRow.Columns"/>. $2 is the instant.</param>
    /// <param name="runNo">An SQL value.</param>
    public static string[] Standing(string source, string runNo) =>
    [
        $"""
        INSERT INTO finding AS o ({FindingRow.Columns}, run_no, found_at)
        SELECT {FindingRow.Columns}, {runNo}, $2 FROM {source}
        ON CONFLICT (rule, setl_id, subject) DO UPDATE SET state = 'open', gone_at = NULL, gone_why = NULL, psn_no = excluded.psn_no, doctor_code = excluded.doctor_code, department_code = excluded.department_code,
            occurred_on = excluded.occurred_on, in_scope_fen = excluded.in_scope_fen, certain = excluded.certain, severity = excluded.severity, text = excluded.text, text_en = excluded.text_en,
            lines = excluded.lines, earlier_setl_ids = excluded.earlier_setl_ids, run_no = coalesce(excluded.run_no, o.run_no)
        WHERE o.state IN ('open', 'withdrawn') AND (o.state, o.in_scope_fen, o.text, o.lines, o.earlier_setl_ids) IS DISTINCT FROM ('open', excluded.in_scope_fen, excluded.text, excluded.lines, excluded.earlier_setl_ids)
        """,
        $"UPDATE finding AS o SET gone_at = NULL, gone_why = NULL FROM {source} WHERE (f.rule, f.setl_id, f.subject) = (o.rule, o.setl_id, o.subject) AND o.gone_at <= $2 AND o.state <> 'withdrawn'",
    ];

    public static string Gone(string of, string at, string why) => $"state = CASE {of}.state WHEN 'open' THEN 'withdrawn' ELSE {of}.state END, gone_at = {at}, gone_why = {why}";

    private static NpgsqlParameter<string> Rows(IReadOnlyList<FindingRow> found) => new() { TypedValue = JsonSerializer.Serialize(found, Json), NpgsqlDbType = NpgsqlDbType.Jsonb };
    private static NpgsqlParameter<DateTime> At(DateTime now) => new() { TypedValue = now };
}
