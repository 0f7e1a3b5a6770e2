using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>An audit of months again, and how far it is.</summary>
/// <param name="Kind">audit, back_test.</param>
/// <param name="State">queued, running, done, applied (its findings stand), dropped.</param>
/// <param name="Draft">JSON of a <see cref="BackTests.RuleDraft"/>; null: the rules as they are.</param>
/// <param name="At">The feed's position when it was planned.</param>
/// <param name="Looked">Numbers of the rules that look; empty before it is planned.</param>
internal sealed record AuditRun(
    long RunNo, string RequestKey, string Kind, DateOnly FromOn, DateOnly ToOn, string[] Rules, string? Draft, string Reason, string StartedBy, DateTime StartedAt, string State, (long Seq, int Index) At, string? RulesVersion,
    string[] Looked, DateTime? EndedAt, string? Failure, string? DecidedBy, DateTime? DecidedAt, int Slices, int SlicesDone, long Claims, long Found, long Failed)
{
    private const string Select = """
        SELECT r.run_no, r.request_key, r.kind, r.from_on, r.to_on, r.rules, r.draft::text, r.reason, r.started_by, r.started_at, r.state, coalesce(r.at_seq, 0), coalesce(r.at_idx, -1), r.rules_version, coalesce(r.looked, '{}'),
            r.ended_at, r.failure, r.decided_by, r.decided_at, s.slices, s.done, s.claims, s.found, s.failed
        FROM audit_run AS r CROSS JOIN LATERAL (SELECT count(*)::int AS slices, count(done_at)::int AS done, coalesce(sum(claims) FILTER (WHERE month_on IS NULL), 0)::bigint AS claims, coalesce(sum(found), 0)::bigint AS found,
            coalesce(sum(failed), 0)::bigint AS failed FROM audit_slice WHERE run_no = r.run_no) AS s
        """;

    /// <summary>From the first instant of the run's days, in China, to the one after them.</summary>
    public (DateTime From, DateTime To) Instants => (StartOf(FromOn), StartOf(ToOn.AddDays(1)));

    public static DateTime StartOf(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), ChinaCalendar.Offset).UtcDateTime;

    public static Task<AuditRun?> Find(NpgsqlDataSource database, long runNo, CancellationToken cancellation) => One(database, "WHERE r.run_no = $1", runNo, cancellation);
    public static Task<AuditRun?> FindRequest(NpgsqlDataSource database, string requestKey, CancellationToken cancellation) => One(database, "WHERE r.request_key = $1", requestKey, cancellation);
    /// <summary>The oldest one that is not done.</summary>
    public static Task<AuditRun?> ToDo(NpgsqlDataSource database, CancellationToken cancellation) => One(database, "WHERE r.state IN ('queued', 'running') AND $1 ORDER BY r.run_no LIMIT 1", true, cancellation);

    public static async Task<List<AuditRun>> List(NpgsqlDataSource database, string? kind, string? state, long offset, int size, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select + " WHERE ($1::text IS NULL OR r.kind = $1) AND ($2::text IS NULL OR r.state = $2) ORDER BY r.run_no DESC OFFSET $3 LIMIT $4");
        foreach (var text in (string?[])[kind, state]) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = (object?)text ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = offset });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        return await Read(command, cancellation);
    }

    private static async Task<AuditRun?> One<T>(NpgsqlDataSource database, string where, T value, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Select} {where}");
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return (await Read(command, cancellation)).FirstOrDefault();
    }

    private static async Task<List<AuditRun>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        var runs = new List<AuditRun>();
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            runs.Add(new AuditRun(
                r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateOnly>(3), r.GetFieldValue<DateOnly>(4), r.GetFieldValue<string[]>(5), Text(6), r.GetString(7), r.GetString(8), r.GetDateTime(9), r.GetString(10),
                (r.GetInt64(11), r.GetInt32(12)), Text(13), r.GetFieldValue<string[]>(14), Time(15), Text(16), Text(17), Time(18), r.GetInt32(19), r.GetInt32(20), r.GetInt64(21), r.GetInt64(22), r.GetInt64(23)));
        return runs;

        string? Text(int field) => r.IsDBNull(field) ? null : r.GetString(field);
        DateTime? Time(int field) => r.IsDBNull(field) ? null : r.GetDateTime(field);
    }
}
