using MedInsure.FraudAudit.PostAudit;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.BackTests;

/// <summary>A draft of rules run over past months before it is switched on: nothing of it ever stands.</summary>
internal static class BackTest
{
    /// <param name="Settings">How rules would be set; their rules and those of the points look, no others.</param>
    internal sealed record Order(string? RequestKey, string? FromMonth, string? ToMonth, RuleDraft.Setting[]? Settings, RuleDraft.Point[]? Points, string? Reason, string? StartedBy);

    /// <summary>What a rule would have found.</summary>
    /// <param name="Standing">Of the hits, those that the rule as it is has found too; New: the others; Lost: what stands of the rule and the draft does not find.</param>
    /// <param name="OnConfirmed">Hits on settlements of which some rule's finding was confirmed.</param>
    /// <param name="Confirmed">Of the hits themselves, those that people confirmed before; Rejected: rejected.</param>
    /// <param name="Precision">Confirmed of the decided, in per cent with one decimal; null: none was decided.</param>
    internal sealed record RuleResult(
        string Rule, string Name, long Hits, string InScope, long Settlements, long Providers, long Persons, long Standing, long New, string NewInScope, long Lost, string LostInScope, long OnConfirmed, long Confirmed, long Rejected, string? Precision);

    internal sealed record Hit(string Rule, string SetlId, string Subject, string PsnNo, string FixmedinsCode, string DoctorCode, string OccurredOn, string SettledOn, string InScope, string Text, string? StandsAs);

    internal sealed record HitPage(long Count, IReadOnlyList<Hit> Rows);

    public static async Task<Outcome<AuditRun>> Start(AuditRequest request, RuleBook book, Order order, DateTimeOffset now)
    {
        var draft = new RuleDraft(order.Settings, order.Points);
        if (draft.Check(book) is { } refusal) return refusal;
        return await StartAuditRun.Execute(request.Database, book, new StartAuditRun.Order(order.RequestKey, order.FromMonth, order.ToMonth, [.. draft.Rules], order.Reason, order.StartedBy), draft.Stored(), now, request.Cancellation);
    }

    public static async Task<Outcome<IReadOnlyList<RuleResult>>> Results(AuditRequest request, AuditRun run, RuleBook book)
    {
        await using var command = request.Database.CreateCommand($"""
            WITH hit AS ({RunDifference.Found}), standing AS ({RunDifference.Standing}),
                of_draft AS (
                    SELECT h.rule, count(*) AS hits, sum(h.in_scope_fen)::bigint AS fen, count(DISTINCT h.setl_id) AS settlements, count(DISTINCT h.fixmedins_code) AS providers, count(DISTINCT h.psn_no) AS persons,
                        count(s.finding_no) AS standing, coalesce(sum(h.in_scope_fen) FILTER (WHERE s.finding_no IS NULL), 0)::bigint AS new_fen,
                        count(*) FILTER (WHERE EXISTS (SELECT FROM finding AS c WHERE c.setl_id = h.setl_id AND c.state = 'confirmed')) AS on_confirmed,
                        count(*) FILTER (WHERE d.state = 'confirmed') AS confirmed, count(*) FILTER (WHERE d.state = 'rejected') AS rejected
                    FROM hit AS h LEFT JOIN standing AS s USING (rule, setl_id, subject) LEFT JOIN finding AS d ON (d.rule, d.setl_id, d.subject) = (h.rule, h.setl_id, h.subject) GROUP BY h.rule),
                lost AS (
                    SELECT s.rule, count(*) AS lost, sum(s.in_scope_fen)::bigint AS fen FROM standing AS s LEFT JOIN hit AS h USING (rule, setl_id, subject) WHERE h.rule IS NULL GROUP BY s.rule)
            SELECT l.rule, coalesce(o.hits, 0), coalesce(o.fen, 0), coalesce(o.settlements, 0), coalesce(o.providers, 0), coalesce(o.persons, 0), coalesce(o.standing, 0), coalesce(o.new_fen, 0),
                coalesce(g.lost, 0), coalesce(g.fen, 0), coalesce(o.on_confirmed, 0), coalesce(o.confirmed, 0), coalesce(o.rejected, 0)
            FROM (SELECT unnest(looked) AS rule FROM audit_run WHERE run_no = $1) AS l LEFT JOIN of_draft AS o USING (rule) LEFT JOIN lost AS g USING (rule) ORDER BY l.rule
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.RunNo });
        var results = new List<RuleResult>();
        await using var r = await command.ExecuteReaderAsync(request.Cancellation);
        while (await r.ReadAsync(request.Cancellation))
            results.Add(new RuleResult(
                r.GetString(0), book.Definitions.TryGetValue(r.GetString(0), out var rule) ? rule.Name : "", r.GetInt64(1), AuditJson.Yuan(r.GetInt64(2)), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(1) - r.GetInt64(6),
                AuditJson.Yuan(r.GetInt64(7)), r.GetInt64(8), AuditJson.Yuan(r.GetInt64(9)), r.GetInt64(10), r.GetInt64(11), r.GetInt64(12), Precision(r.GetInt64(11), r.GetInt64(12))));
        return results;
    }

    /// <summary>Row by row, the greatest money first.</summary>
    public static async Task<Outcome<HitPage>> Hits(AuditRequest request, long runNo, string? rule, int? page, int? pageSize)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        if (await AuditRun.Find(request.Database, runNo, request.Cancellation) is not { Kind: "back_test" } run) return AuditRunRefusals.Unknown;
        if (run.State is "queued" or "running") return AuditRunRefusals.NotDone;
        await using var command = request.Database.CreateCommand($"""
            SELECT h.rule, h.setl_id, h.subject, h.psn_no, h.fixmedins_code, h.doctor_code, h.occurred_on, h.settled_on, h.in_scope_fen, h.text, d.state, count(*) OVER ()
            FROM ({RunDifference.Found}) AS h LEFT JOIN finding AS d ON (d.rule, d.setl_id, d.subject) = (h.rule, h.setl_id, h.subject)
            WHERE $2::text IS NULL OR h.rule = $2 ORDER BY h.in_scope_fen DESC, h.setl_id, h.rule, h.subject OFFSET $3 LIMIT $4
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = runNo });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)rule ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (number - 1L) * size });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        var (count, rows) = (0L, new List<Hit>());
        await using var r = await command.ExecuteReaderAsync(request.Cancellation);
        while (await r.ReadAsync(request.Cancellation))
        {
            count = r.GetInt64(11);
            rows.Add(new Hit(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), AuditJson.Day(r.GetFieldValue<DateOnly>(6)), AuditJson.Day(r.GetFieldValue<DateOnly>(7)), AuditJson.Yuan(r.GetInt64(8)),
                r.GetString(9), r.IsDBNull(10) ? null : r.GetString(10)));
        }
        return new HitPage(count, rows);
    }

    /// <summary>In per cent with one decimal, half up.</summary>
    public static string? Precision(long confirmed, long rejected) => confirmed + rejected == 0 ? null : Math.Round(100m * confirmed / (confirmed + rejected), 1, MidpointRounding.AwayFromZero).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
}
