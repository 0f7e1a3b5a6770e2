using MedInsure.FraudAudit.BackTests;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Findings;

/// <summary>How often each rule was right: of its findings that people decided, those that were confirmed; over all and month of decision by month, so that a rule that gets worse shows.</summary>
internal static class RulePrecision
{
    internal sealed record Month(string DecidedIn, long Confirmed, long Rejected, string? Precision);

    /// <param name="Undecided">Open or in a case.</param>
    internal sealed record RuleRow(string Rule, string Name, bool Certain, long Undecided, long Confirmed, long Rejected, string? Precision, string ConfirmedInScope, IReadOnlyList<Month> Months);

    internal sealed record Shown(IReadOnlyList<RuleRow> Rules);

    /// <param name="from">First month of decision, yyyy-MM; null: from the beginning.</param>
    public static async Task<Outcome<Shown>> Query(AuditRequest request, Rules.RuleBook book, string? from, string? to)
    {
        DateTime? since = null, until = null;
        if (from is not null) { if (!DateOnly.TryParseExact(from, "yyyy-MM", out var month)) return Refusals.DayInvalid.At("from_month"); since = PostAudit.AuditRun.StartOf(month); }
        if (to is not null) { if (!DateOnly.TryParseExact(to, "yyyy-MM", out var month)) return Refusals.DayInvalid.At("to_month"); until = PostAudit.AuditRun.StartOf(month.AddMonths(1)); }
        await using var command = request.Database.CreateCommand("""
            SELECT rule, CASE WHEN state IN ('confirmed', 'rejected') THEN coalesce(to_char(decided_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), '') END AS month,
                count(*) FILTER (WHERE state = 'confirmed'), count(*) FILTER (WHERE state = 'rejected'), count(*) FILTER (WHERE state IN ('open', 'in_case')), coalesce(sum(in_scope_fen) FILTER (WHERE state = 'confirmed'), 0)::bigint
            FROM finding WHERE state <> 'withdrawn' AND (state IN ('open', 'in_case') OR (($1::timestamptz IS NULL OR decided_at >= $1) AND ($2::timestamptz IS NULL OR decided_at < $2)))
            GROUP BY 1, 2 ORDER BY 1, 2
            """);
        foreach (var at in (DateTime?[])[since, until]) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (object?)at ?? DBNull.Value });
        var rows = new List<(string Rule, string? Month, long Confirmed, long Rejected, long Undecided, long Fen)>();
        await using (var r = await command.ExecuteReaderAsync(request.Cancellation))
            while (await r.ReadAsync(request.Cancellation)) rows.Add((r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5)));
        return new Shown([.. rows.GroupBy(r => r.Rule).Select(g =>
        {
            var (definition, confirmed, rejected) = (book.Definitions.GetValueOrDefault(g.Key), g.Sum(m => m.Confirmed), g.Sum(m => m.Rejected));
            return new RuleRow(g.Key, definition?.Name ?? "", definition?.IsCertain ?? false, g.Sum(m => m.Undecided), confirmed, rejected, BackTest.Precision(confirmed, rejected), AuditJson.Yuan(g.Sum(m => m.Fen)),
                [.. g.Where(m => m.Month is not null).Select(m => new Month(m.Month!, m.Confirmed, m.Rejected, BackTest.Precision(m.Confirmed, m.Rejected)))]);
        })]);
    }
}
