using MedInsure.Billing.Flexible;
using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Employers;

/// <summary>
/// Keeps employments as enrollment announces them. What changes of an employer's staff is billed with its next bill, months before it as well; a flexible worker's
/// months are assessed anew in the same transaction.
/// </summary>
internal sealed class EmploymentChangedHandler(ChinaCalendar calendar) : IEventHandler<EmploymentChanged>
{
    private sealed record Key(string EmployerNo, string Insutype, string PsnNo);

    public async Task Handle(EventContext context, IReadOnlyList<EmploymentChanged> events, CancellationToken cancellation)
    {
        var (connection, transaction) = (context.Connection, context.Transaction);
        var newest = events.GroupBy(e => e.EmploymentNo).Select(g => g.MaxBy(e => e.Version)!).OrderBy(e => e.EmploymentNo).ToList();
        // Who was employed by whom until now: a corrected number or employer takes its months back from the old one.
        var touched = new HashSet<Key>();
        await using (var command = new NpgsqlCommand("SELECT employer_no, insutype, psn_no FROM employment WHERE employment_no = ANY ($1)", connection, transaction) { Parameters = { new() { Value = newest.Select(e => e.EmploymentNo).ToArray() } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) touched.Add(new Key(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        var changed = await Keep(connection, transaction, newest, cancellation);
        if (changed.Count == 0) return;
        touched.UnionWith(changed.Select(e => new Key(e.EmployerNo, e.Insutype, e.PsnNo)));

        var staff = touched.Where(k => k.EmployerNo.Length > 0).OrderBy(k => k.EmployerNo, StringComparer.Ordinal).ThenBy(k => k.Insutype, StringComparer.Ordinal).ThenBy(k => k.PsnNo, StringComparer.Ordinal).ToList();
        await using (var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                // Its own event may come later: bills go by employer.
                new("INSERT INTO employer (employer_no, version, employer_name, uscc, county, kind) SELECT employer_no, 0, employer_no, '', '', '' FROM (SELECT DISTINCT unnest($1) AS employer_no) e ORDER BY employer_no ON CONFLICT DO NOTHING")
                {
                    Parameters = { ReceivePayments.Column(NpgsqlDbType.Text, staff, k => k.EmployerNo) },
                },
                // Written again where it is there already: a run that is taking it waits, and does not take a state without this change.
                new("""
                    INSERT INTO employment_unbilled (employer_no, insutype, psn_no, changed_at) SELECT employer_no, insutype, psn_no, $4 FROM unnest($1, $2, $3) AS k (employer_no, insutype, psn_no)
                    ON CONFLICT (employer_no, insutype, psn_no) DO UPDATE SET changed_at = excluded.changed_at
                    """)
                {
                    Parameters =
                    {
                        ReceivePayments.Column(NpgsqlDbType.Text, staff, k => k.EmployerNo), ReceivePayments.Column(NpgsqlDbType.Text, staff, k => k.Insutype), ReceivePayments.Column(NpgsqlDbType.Text, staff, k => k.PsnNo),
                        new() { Value = calendar.UtcNow.UtcDateTime },
                    },
                },
            },
        })
            await batch.ExecuteNonQueryAsync(cancellation);

        var incomes = new List<IncomePosting>();
        foreach (var scheme in touched.Where(k => k.EmployerNo.Length == 0).GroupBy(k => k.Insutype).OrderBy(g => g.Key, StringComparer.Ordinal))
            await AssessFlexible.Run(connection, transaction, scheme.Key, [.. scheme.Select(k => k.PsnNo).Distinct()], "employment_changed", incomes, calendar, cancellation);
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
    }

    /// <returns>Those that are newer than what was kept.</returns>
    private static async Task<List<EmploymentChanged>> Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, List<EmploymentChanged> newest, CancellationToken cancellation)
    {
        var numbers = new HashSet<long>();
        await using (var command = new NpgsqlCommand("""
            INSERT INTO employment AS k (employment_no, version, psn_no, employer_no, insutype, from_month, to_month, maternity, flexible_choice, flexible_base_bp)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (employment_no) DO UPDATE SET version = excluded.version, psn_no = excluded.psn_no, employer_no = excluded.employer_no, insutype = excluded.insutype, from_month = excluded.from_month,
                to_month = excluded.to_month, maternity = excluded.maternity, flexible_choice = excluded.flexible_choice, flexible_base_bp = excluded.flexible_base_bp
            WHERE k.version < excluded.version RETURNING employment_no
            """, connection, transaction)
        {
            Parameters =
            {
                ReceivePayments.Column(NpgsqlDbType.Bigint, newest, e => e.EmploymentNo), ReceivePayments.Column(NpgsqlDbType.Bigint, newest, e => e.Version), ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.PsnNo),
                ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.EmployerNo), ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.Insutype), ReceivePayments.Column(NpgsqlDbType.Integer, newest, e => e.FromMonth),
                ReceivePayments.Column(NpgsqlDbType.Integer, newest, e => e.ToMonth == 0 ? (int?)null : e.ToMonth), ReceivePayments.Column(NpgsqlDbType.Boolean, newest, e => e.Maternity),
                ReceivePayments.Column(NpgsqlDbType.Text, newest, e => e.FlexibleChoice), ReceivePayments.Column(NpgsqlDbType.Integer, newest, e => e.FlexibleBaseBp),
            },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) numbers.Add(reader.GetInt64(0));
        if (numbers.Count == 0) return [];

        var changed = newest.FindAll(e => numbers.Contains(e.EmploymentNo));
        var wages = changed.SelectMany(e => e.Wages.GroupBy(w => w.FromMonth).Select(g => (e.EmploymentNo, Wage: g.Last()))).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("DELETE FROM employment_wage WHERE employment_no = ANY ($1)") { Parameters = { new() { Value = numbers.ToArray() } } },
                new("INSERT INTO employment_wage (employment_no, from_month, wage_fen) SELECT * FROM unnest($1, $2, $3)")
                {
                    Parameters =
                    {
                        ReceivePayments.Column(NpgsqlDbType.Bigint, wages, w => w.EmploymentNo), ReceivePayments.Column(NpgsqlDbType.Integer, wages, w => w.Wage.FromMonth), ReceivePayments.Column(NpgsqlDbType.Bigint, wages, w => w.Wage.WageFen),
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        return changed;
    }
}
