using System.Data;
using MedInsure.FraudAudit.Sanctions;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;

namespace MedInsure.FraudAudit.ReportFeed;

/// <summary>A page of cases for reporting: of all, or of those that were acted on since a position.</summary>
internal static class ReadReportCases
{
    private const int CasesMax = 500;

    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "feed.page_invalid", $"起点不得为负，每页须为1至{CasesMax}件", $"the position is not negative and a page has 1 to {CasesMax} cases");

    public static async Task<Outcome<ReadReportCasesReply>> Query(NpgsqlDataSource database, ReadReportCasesRequest request, CancellationToken cancellation)
    {
        if (request.After < 0 || request.Max is < 1 or > CasesMax) return PageInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One state of the log and the cases.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadReportCasesReply { AtNo = await One(connection, "SELECT change_no FROM case_log_head", [], cancellation) };
        if (request.Copy)
        {
            await Read(connection, "WHERE c.case_no > $1 ORDER BY c.case_no LIMIT $2", [request.After, request.Max], reply, cancellation);
            reply.ReadNo = reply.Case.Count > 0 ? reply.Case[^1].CaseNo : request.After;
            reply.Behind = await One(connection, "SELECT count(*) FROM audit_case WHERE case_no > $1", [reply.ReadNo], cancellation);
        }
        else
        {
            reply.ReadNo = Math.Min(reply.AtNo, request.After + request.Max);
            reply.Behind = Math.Max(0, reply.AtNo - reply.ReadNo);
            await Read(connection, "WHERE c.case_no IN (SELECT case_no FROM case_log WHERE change_no > $1 AND change_no <= $2) ORDER BY c.case_no", [request.After, reply.ReadNo], reply, cancellation);
            if (reply.Behind > 0) reply.BehindSinceMs = await One(connection, "SELECT (extract(epoch FROM changed_at) * 1000)::bigint FROM case_log WHERE change_no = $1", [reply.ReadNo + 1], cancellation);
        }
        reply.More = reply.Behind > 0;
        return reply;
    }

    private static async Task<long> One(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task Read(NpgsqlConnection connection, string which, object[] values, ReadReportCasesReply reply, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT c.case_no, c.subject_kind, c.subject, c.subject_county, c.state, c.opened_at, d.decided_at, released.at, closed.at, e.fen, e.pieces, coalesce(d.principal_fen, 0), coalesce(d.damages_fen, 0),
                coalesce(d.by_payment, false), a.appeals, coalesce(a.outcome, ''), coalesce(d.sanctions, '')
            FROM audit_case c LEFT JOIN case_decision d USING (case_no, decision_no)
                CROSS JOIN LATERAL (SELECT coalesce(sum(amount_fen), 0)::bigint AS fen, count(*)::int AS pieces FROM case_evidence e WHERE e.case_no = c.case_no AND withdrawn_by = '') e
                CROSS JOIN LATERAL (SELECT count(*)::int AS appeals, (array_agg(CASE outcome WHEN '' THEN 'open' ELSE outcome END ORDER BY appeal_no DESC))[1] AS outcome FROM case_appeal p WHERE p.case_no = c.case_no) a
                CROSS JOIN LATERAL (SELECT min(acted_at) AS at FROM case_act t WHERE t.case_no = c.case_no AND act = 'released') released
                CROSS JOIN LATERAL (SELECT max(acted_at) AS at FROM case_act t WHERE t.case_no = c.case_no AND act IN ('closed', 'dismissed', 'decided', 'concluded') AND c.state IN ('closed', 'dismissed', 'cleared')) closed
            {which}
            """, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
        {
            var told = new ReportCase
            {
                CaseNo = r.GetInt64(0), SubjectKind = r.GetString(1), Subject = r.GetString(2), SubjectCounty = r.GetString(3), State = r.GetString(4), OpenedOn = Day(r, 5), DecidedOn = Day(r, 6), ReleasedOn = Day(r, 7), ClosedOn = Day(r, 8),
                EvidenceFen = r.GetInt64(9), EvidenceCount = r.GetInt32(10), PrincipalFen = r.GetInt64(11), DamagesFen = r.GetInt64(12), ByPayment = r.GetBoolean(13), Appeals = r.GetInt32(14), AppealOutcome = r.GetString(15),
            };
            if (r.GetString(16) is { Length: > 0 } sanctions)
                told.Sanction.AddRange(SanctionPlan.Read(sanctions).Select(s => new ReportSanction { Step = s.Step, Name = s.Name, AmountFen = s.AmountFen, Multiplier = s.Multiplier, Months = s.Months }));
            reply.Case.Add(told);
        }
    }

    private static int Day(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? 0 : DayNumber.Of(ChinaCalendar.DayOf(new DateTimeOffset(r.GetDateTime(at)).ToUnixTimeMilliseconds()));
}
