using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Checks;

/// <summary>What checks found before settlements on days, the newest first, each with the newest answer to it.</summary>
internal static class ListChecks
{
    /// <param name="Choice">1, 2; none: not answered.</param>
    public sealed record Filter(string? From, string? To, string? Rule, string? FixmedinsCode, string? DoctorCode, string? MdtrtId, string? Choice, int? Page, int? PageSize);

    internal sealed record Row(
        string FindingNo, string CheckNo, string Stage, string CheckedAt, string PsnNo, string MdtrtId, string FixmedinsCode, string DepartmentCode, string DoctorCode, string Rule, int Severity, bool Certain, bool Blocks,
        string InScope, string Text, string[] Lines, string? Choice, string? Reason, string? Operator, string? GivenAt);

    internal sealed record Found(long Count, long Answered, long GoneOn, IReadOnlyList<Row> Rows);

    private const string Chosen = """
        FROM check_finding AS f LEFT JOIN LATERAL (SELECT choice, reason, operator, given_at FROM check_feedback WHERE finding_no = f.finding_no ORDER BY given_at DESC, message_id DESC LIMIT 1) AS b ON true
        WHERE f.checked_at >= $1 AND f.checked_at < $2 AND ($3 IS NULL OR f.rule = $3) AND ($4 IS NULL OR f.fixmedins_code = $4) AND ($5 IS NULL OR f.doctor_code = $5) AND ($6 IS NULL OR f.mdtrt_id = $6)
            AND ($7 IS NULL OR coalesce(b.choice, 'none') = $7)
        """;

    public static async Task<Outcome<Found>> Query(AuditRequest request, Filter filter, DateOnly today)
    {
        var (page, size) = (filter.Page ?? 1, filter.PageSize ?? 100);
        if (!AuditTexts.IsPage(page, size)) return Refusals.PageInvalid;
        if (filter.Choice is not (null or "1" or "2" or "none")) return CheckRefusals.ChoiceFilterUnknown;
        var (from, to) = (today.AddDays(-30), today);
        if ((filter.From is { } f && !DateOnly.TryParseExact(f, "yyyy-MM-dd", out from)) || (filter.To is { } t && !DateOnly.TryParseExact(t, "yyyy-MM-dd", out to))) return Refusals.DayInvalid;

        await using var batch = request.Database.CreateBatch();
        foreach (var sql in (string[])[$"SELECT count(*), count(b.choice), count(*) FILTER (WHERE b.choice = '1') {Chosen}",
            $"""
            SELECT f.finding_no, f.check_no, f.stage, f.checked_at, f.psn_no, f.mdtrt_id, f.fixmedins_code, f.department_code, f.doctor_code, f.rule, f.severity, f.certain, f.blocks, f.in_scope_fen, f.text, f.lines,
                b.choice, b.reason, b.operator, b.given_at
            {Chosen} ORDER BY f.checked_at DESC, f.finding_no OFFSET $8 LIMIT $9
            """])
        {
            var command = new NpgsqlBatchCommand(sql) { Parameters = { Start(from), Start(to.AddDays(1)), Text(filter.Rule), Text(filter.FixmedinsCode), Text(filter.DoctorCode), Text(filter.MdtrtId), Text(filter.Choice) } };
            if (batch.BatchCommands.Count > 0)
            {
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)(page - 1) * size });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
            }
            batch.BatchCommands.Add(command);
        }
        await using var reader = await batch.ExecuteReaderAsync(request.Cancellation);
        await reader.ReadAsync(request.Cancellation);
        var (count, answered, goneOn) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        await reader.NextResultAsync(request.Cancellation);
        var rows = new List<Row>();
        while (await reader.ReadAsync(request.Cancellation)) rows.Add(RowOf(reader));
        return new Found(count, answered, goneOn, rows);
    }

    private static Row RowOf(NpgsqlDataReader r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), AuditJson.Time(r.GetDateTime(3)), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetString(9), r.GetInt32(10), r.GetBoolean(11), r.GetBoolean(12),
        AuditJson.Yuan(r.GetInt64(13)), r.GetString(14), r.GetFieldValue<string[]>(15), r.IsDBNull(16) ? null : r.GetString(16), r.IsDBNull(17) ? null : r.GetString(17), r.IsDBNull(18) ? null : r.GetString(18),
        r.IsDBNull(19) ? null : AuditJson.Time(r.GetDateTime(19)));

    // A day of China's begins where its midnight is in UTC.
    private static NpgsqlParameter<DateTime> Start(DateOnly day) => new() { TypedValue = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), ChinaCalendar.Offset).UtcDateTime };

    private static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };
}
