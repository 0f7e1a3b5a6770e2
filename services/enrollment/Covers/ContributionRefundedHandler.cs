using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Enrollment.Covers;

/// <summary>Notes whose contributions went back; <see cref="OpenCoverWorker"/> takes the cover away. What is left of an overpaid one covers the period all the same.</summary>
internal sealed class ContributionRefundedHandler(ChinaCalendar calendar) : IEventHandler<ContributionRefunded>
{
    private const string Sql = """
        WITH heard AS (
            INSERT INTO contribution AS c (psn_no, insutype, period, is_paid, who, refunded_on, state, changed_at)
            SELECT psn_no, insutype, period, false, '', refunded_on, 'pending', $6 FROM unnest($1, $2, $3, $4, $5) AS e (psn_no, insutype, period, refunded_on, cause)
            ON CONFLICT (psn_no, insutype, period) DO UPDATE SET is_paid = false, refunded_on = excluded.refunded_on, state = 'pending', refusal = '', changed_at = excluded.changed_at
            WHERE c.is_paid
            RETURNING psn_no, insutype, period
        )
        INSERT INTO contribution_step (psn_no, insutype, period, state, acted_by, why, at)
        SELECT psn_no, insutype, period, 'pending', 'billing', 'refunded: ' || cause, $6 FROM heard JOIN unnest($1, $2, $3, $5) AS e (psn_no, insutype, period, cause) USING (psn_no, insutype, period) ORDER BY psn_no, insutype, period
        """;

    public async Task Handle(EventContext context, IReadOnlyList<ContributionRefunded> events, CancellationToken cancellation)
    {
        var gone = events.Where(e => !e.StillPaid).GroupBy(e => (e.PsnNo, e.Insutype, e.Period)).Select(g => g.Last()).OrderBy(e => e.PsnNo, StringComparer.Ordinal).ThenBy(e => e.Insutype, StringComparer.Ordinal).ThenBy(e => e.Period).ToList();
        if (gone.Count == 0) return;
        await using var command = new NpgsqlCommand(Sql, context.Connection, context.Transaction);
        Add<string>(NpgsqlDbType.Text, e => e.PsnNo);
        Add<string>(NpgsqlDbType.Text, e => e.Insutype);
        Add(NpgsqlDbType.Integer, e => e.Period);
        Add(NpgsqlDbType.Date, e => DayNumber.ToDate(e.RefundedOn));
        Add<string>(NpgsqlDbType.Text, e => e.Cause);
        command.Parameters.Add(new() { Value = calendar.UtcNow.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellation);

        void Add<T>(NpgsqlDbType type, Func<ContributionRefunded, T> column) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. gone.Select(column)] });
    }
}
