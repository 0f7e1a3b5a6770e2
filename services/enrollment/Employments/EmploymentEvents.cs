using MedInsure.Events;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using Npgsql;

namespace MedInsure.Enrollment.Employments;

/// <summary>Employments' whole present state into the outbox, a page at a time: those of a large employer are never in memory at once.</summary>
internal static class EmploymentEvents
{
    private const int PerPage = 2_000;

    /// <param name="numbers">SQL that selects employment_no, each once.</param>
    public static Task Tell(StagedTenant county, string numbers, DateTimeOffset at, CancellationToken cancellation) => Tell(county.Connection, county.Transaction, $"IN ({numbers})", null, at, cancellation);

    public static Task Tell(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] numbers, DateTimeOffset at, CancellationToken cancellation) => Tell(connection, transaction, "= ANY ($2)", numbers, at, cancellation);

    private static async Task Tell(NpgsqlConnection connection, NpgsqlTransaction transaction, string which, long[]? numbers, DateTimeOffset at, CancellationToken cancellation)
    {
        for (long after = 0; ;)
        {
            var events = new List<OutboxEvent>(PerPage);
            await using (var page = new NpgsqlCommand($"""
                SELECT e.employment_no, e.psn_no, e.employer_no, e.insutype, e.from_month, coalesce(e.to_month, 0), e.ended, e.maternity, e.flexible_choice, e.flexible_base_bp, e.version, w.months, w.wages
                FROM employment e LEFT JOIN LATERAL (SELECT array_agg(d.from_month ORDER BY d.from_month) AS months, array_agg(d.wage_fen ORDER BY d.from_month) AS wages FROM declared_wage d WHERE d.employment_no = e.employment_no) w ON true
                WHERE e.employment_no > $1 AND e.employment_no {which} ORDER BY e.employment_no LIMIT {PerPage}
                """, connection, transaction) { CommandTimeout = 0, Parameters = { new() { Value = after } } })
            {
                if (numbers is not null) page.Parameters.Add(new() { Value = numbers });
                await using var reader = await page.ExecuteReaderAsync(cancellation);
                while (await reader.ReadAsync(cancellation))
                {
                    var changed = Of(reader);
                    events.Add(OutboxEvent.Of(changed.PsnNo, changed, at));
                    after = changed.EmploymentNo;
                }
            }
            await Outbox.Add(connection, transaction, events, cancellation);
            if (events.Count < PerPage) return;
        }
    }

    private static EmploymentChanged Of(NpgsqlDataReader r)
    {
        var (months, wages) = r.IsDBNull(11) ? ([], []) : (r.GetFieldValue<int[]>(11), r.GetFieldValue<long[]>(12));
        return new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt32(4), r.GetInt32(5), r.GetString(6), r.GetBoolean(7), r.GetString(8), r.GetInt32(9), [.. months.Zip(wages, (month, wage) => new DeclaredWage(month, wage))], r.GetInt64(10));
    }
}
