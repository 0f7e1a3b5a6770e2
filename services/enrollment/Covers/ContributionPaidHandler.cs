using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Enrollment.Covers;

/// <summary>Notes whose contributions have come; <see cref="OpenCoverWorker"/> opens the cover. What is paid already, or opened, stays as it is.</summary>
internal sealed class ContributionPaidHandler(ChinaCalendar calendar) : IEventHandler<ContributionPaid>
{
    private const string Sql = """
        WITH heard AS (
            INSERT INTO contribution AS c (psn_no, insutype, period, is_paid, paid_on, who, event_on, state, changed_at)
            SELECT psn_no, insutype, period, true, paid_on, who, event_on, 'pending', $7 FROM unnest($1, $2, $3, $4, $5, $6) AS e (psn_no, insutype, period, paid_on, who, event_on)
            ON CONFLICT (psn_no, insutype, period) DO UPDATE SET is_paid = true, paid_on = excluded.paid_on, who = excluded.who, event_on = excluded.event_on, refunded_on = NULL, not_before = NULL,
                state = 'pending', refusal = '', changed_at = excluded.changed_at
            WHERE NOT c.is_paid OR c.state = 'refused'
            RETURNING psn_no, insutype, period
        )
        INSERT INTO contribution_step (psn_no, insutype, period, state, acted_by, why, at) SELECT psn_no, insutype, period, 'pending', 'billing', 'paid', $7 FROM heard ORDER BY psn_no, insutype, period
        """;

    public async Task Handle(EventContext context, IReadOnlyList<ContributionPaid> events, CancellationToken cancellation)
    {
        var paid = events.GroupBy(e => (e.PsnNo, e.Insutype, e.Period)).Select(g => g.MinBy(e => e.PaidOn)!).OrderBy(e => e.PsnNo, StringComparer.Ordinal).ThenBy(e => e.Insutype, StringComparer.Ordinal).ThenBy(e => e.Period).ToList();
        await using var command = new NpgsqlCommand(Sql, context.Connection, context.Transaction);
        Add<string>(NpgsqlDbType.Text, e => e.PsnNo);
        Add<string>(NpgsqlDbType.Text, e => e.Insutype);
        Add(NpgsqlDbType.Integer, e => e.Period);
        Add(NpgsqlDbType.Date, e => DayNumber.ToDate(e.PaidOn));
        Add<string>(NpgsqlDbType.Text, e => e.Who);
        Add(NpgsqlDbType.Date, e => DayNumber.ToOptionalDate(e.EventOn));
        command.Parameters.Add(new() { Value = calendar.UtcNow.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellation);

        void Add<T>(NpgsqlDbType type, Func<ContributionPaid, T> column) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. paid.Select(column)] });
    }
}
