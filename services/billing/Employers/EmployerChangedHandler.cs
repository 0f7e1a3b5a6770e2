using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Employers;

/// <summary>Keeps what enrollment announces of employers: their bills are made by the staff, these are names.</summary>
internal sealed class EmployerChangedHandler : IEventHandler<EmployerChanged>
{
    public async Task Handle(EventContext context, IReadOnlyList<EmployerChanged> events, CancellationToken cancellation)
    {
        var newest = events.GroupBy(e => e.EmployerNo).Select(g => g.MaxBy(e => e.Version)!).OrderBy(e => e.EmployerNo, StringComparer.Ordinal).ToList();
        await using var command = new NpgsqlCommand("""
            INSERT INTO employer AS k (employer_no, version, employer_name, uscc, county, kind, closed_on) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (employer_no) DO UPDATE SET version = excluded.version, employer_name = excluded.employer_name, uscc = excluded.uscc, county = excluded.county, kind = excluded.kind, closed_on = excluded.closed_on
            WHERE k.version < excluded.version
            """, context.Connection, context.Transaction)
        {
            Parameters =
            {
                ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.EmployerNo), ReceivePayments.Column(NpgsqlDbType.Bigint, newest, e => e.Version), ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.EmployerName),
                ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.Uscc), ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.County), ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.Kind),
                ReceivePayments.Column(NpgsqlDbType.Date, newest, e => DayNumber.ToOptionalDate(e.ClosedOn)),
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
