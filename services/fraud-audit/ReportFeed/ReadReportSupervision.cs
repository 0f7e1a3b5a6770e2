using System.Data;
using System.Security.Cryptography;
using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;

namespace MedInsure.FraudAudit.ReportFeed;

/// <summary>Findings and work in the field as they stand, summed for reporting. Looks at all of them: who asks spaces its calls by how long one takes.</summary>
internal static class ReadReportSupervision
{
    public static async Task<Outcome<ReadReportSupervisionReply>> Query(NpgsqlDataSource database, ReadReportSupervisionRequest request, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadReportSupervisionReply();
        await Findings(connection, reply, cancellation);
        await FieldWork(connection, reply, cancellation);
        var hash = ByteString.CopyFrom(SHA256.HashData(reply.ToByteArray()));
        if (hash == request.KnownSha256) return new ReadReportSupervisionReply { Sha256 = hash, Unchanged = true };
        reply.Sha256 = hash;
        return reply;
    }

    private static async Task Findings(NpgsqlConnection connection, ReadReportSupervisionReply reply, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT {Of("settled_on")} AS month, rule, fixmedins_code, state, severity, certain, count(*), sum(in_scope_fen)::bigint
            FROM finding GROUP BY month, rule, fixmedins_code, state, severity, certain ORDER BY month, rule COLLATE "C", fixmedins_code COLLATE "C", state COLLATE "C", severity, certain
            """, connection) { CommandTimeout = 0 };
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            reply.Findings.Add(new ReportFindings { Month = r.GetInt32(0), Rule = r.GetString(1), FixmedinsCode = r.GetString(2), State = r.GetString(3), Severity = r.GetInt32(4), Certain = r.GetBoolean(5), Findings = r.GetInt64(6), InScopeFen = r.GetInt64(7) });
    }

    /// <summary>What people found by asking and looking, and what experts and informers gave. Of a tip never who gave it.</summary>
    private static async Task FieldWork(NpgsqlConnection connection, ReadReportSupervisionReply reply, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT month, kind, fixmedins_code, outcome, sum(n)::bigint, sum(fen)::bigint
            FROM (
                SELECT {Of("coalesce(closed_on, due_on)")} AS month, 'call_back' AS kind, fixmedins_code, CASE WHEN result = '' THEN state ELSE result END AS outcome, 1 AS n, 0::bigint AS fen FROM call_back
                UNION ALL SELECT {Of("checked_on")}, 'ward_check', fixmedins_code, CASE WHEN rate_bp < rate_min_bp THEN 'below_rate' ELSE 'in_order' END, 1, 0 FROM ward_check WHERE withdrawn_by = ''
                UNION ALL SELECT {Of("coalesce(i.received_on, (i.recorded_at AT TIME ZONE 'Asia/Shanghai')::date)")}, CASE c.kind WHEN 'self_inspection' THEN 'self_refund' ELSE 'flying' END, i.fixmedins_code, i.state, 1, i.amount_fen
                    FROM campaign_item i JOIN campaign c USING (campaign_no) WHERE i.state <> 'struck'
                UNION ALL SELECT {Of("received_on")}, 'tip', CASE subject_kind WHEN 'provider' THEN subject ELSE '' END, state, 1, 0 FROM tip
                UNION ALL SELECT {Of("coalesce(paid_on, (proposed_at AT TIME ZONE 'Asia/Shanghai')::date)")}, 'reward', '', state, 1, amount_fen FROM reward
                UNION ALL SELECT {Of("(s.drawn_at AT TIME ZONE 'Asia/Shanghai')::date")}, 'sample', s.fixmedins_code,
                    CASE WHEN coalesce(o.given, 0) < 2 THEN 'open' WHEN coalesce(i.arbitrated_fen, o.wrong) > 0 THEN 'wrong' ELSE 'in_order' END, 1, coalesce(i.arbitrated_fen, o.wrong, 0)
                    FROM sample_item i JOIN audit_sample s USING (sample_no)
                    LEFT JOIN (SELECT sample_no, setl_id, count(*) AS given, min(wrong_fen) AS wrong FROM sample_opinion GROUP BY sample_no, setl_id) o USING (sample_no, setl_id)
                UNION ALL SELECT {Of("from_on")}, 'doctor', fixmedins_code, kind, 1, 0 FROM doctor_act WHERE state = 'approved'
                UNION ALL SELECT {Of("from_on")}, 'credit', fixmedins_code, step, points, 0 FROM credit_entry
            ) w GROUP BY month, kind, fixmedins_code, outcome ORDER BY month, kind COLLATE "C", fixmedins_code COLLATE "C", outcome COLLATE "C"
            """, connection) { CommandTimeout = 0 };
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            reply.FieldWork.Add(new ReportFieldWork { Month = r.GetInt32(0), Kind = r.GetString(1), FixmedinsCode = r.GetString(2), Outcome = r.GetString(3), Count = r.GetInt64(4), AmountFen = r.GetInt64(5) });
    }

    private static string Of(string day) => $"extract(year FROM {day})::int * 100 + extract(month FROM {day})::int";
}
