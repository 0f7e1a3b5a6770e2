using MedInsure.Billing.Assessments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Persons;

/// <summary>Persons enrolled for a year: assessed at once where the year has been assessed, else by its run.</summary>
internal sealed class CoverRequestedHandler(ChinaCalendar calendar) : IEventHandler<CoverRequested>
{
    public async Task Handle(EventContext context, IReadOnlyList<CoverRequested> events, CancellationToken cancellation)
    {
        var last = events.GroupBy(e => (e.PsnNo, e.Insutype, e.Year)).Select(g => g.Last()).OrderBy(e => e.PsnNo, StringComparer.Ordinal).ToList();
        await using (var command = new NpgsqlCommand("""
            INSERT INTO cover_request (psn_no, insutype, year, psn_type, who, requested_on, event_on, withdrawn) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (psn_no, insutype, year) DO UPDATE SET psn_type = excluded.psn_type, who = excluded.who, requested_on = excluded.requested_on, event_on = excluded.event_on, withdrawn = excluded.withdrawn
            """, context.Connection, context.Transaction))
        {
            Add<string>(NpgsqlDbType.Text, e => e.PsnNo);
            Add<string>(NpgsqlDbType.Text, e => e.Insutype);
            Add(NpgsqlDbType.Integer, e => e.Year);
            Add<string>(NpgsqlDbType.Text, e => e.PsnType);
            Add<string>(NpgsqlDbType.Text, e => e.Who);
            Add(NpgsqlDbType.Date, e => DayNumber.ToDate(e.RequestedOn));
            Add(NpgsqlDbType.Date, e => DayNumber.ToOptionalDate(e.EventOn));
            Add(NpgsqlDbType.Boolean, e => e.Withdrawn);
            await command.ExecuteNonQueryAsync(cancellation);

            void Add<T>(NpgsqlDbType type, Func<CoverRequested, T> column) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. last.Select(column)] });
        }
        await ReassessPersons.Run(context.Connection, context.Transaction, [.. last.Select(e => e.PsnNo).Distinct()], "cover_requested", calendar, cancellation);
    }
}
