using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Bills;

/// <summary>
/// Bills of any number of employers for a month, in one statement: the month for all their staff, and for whoever changed what differs in months billed before. So
/// a bill and its corrections are always what the present state would have been billed from the start.
/// </summary>
internal static class MakeBills
{
    /// <summary>The maternity part's own scheme in what the fund receives.</summary>
    public const string Maternity = "510";

    internal readonly record struct Made(long Bills, long Lines, long AmountFen);

    private const string Sql = """
        WITH touched AS MATERIALIZED (
            SELECT * FROM unnest($4, $5) AS t (employer_no, psn_no)
        ), covering AS (
            SELECT e.employer_no, e.psn_no, $3::int AS month, e.employment_no, e.maternity FROM employment e
            WHERE e.employer_no = ANY ($2) AND e.insutype = $1 AND e.from_month <= $3 AND (e.to_month IS NULL OR e.to_month >= $3)
            UNION ALL
            SELECT e.employer_no, e.psn_no, m.month, e.employment_no, e.maternity
            FROM touched t JOIN employment e ON e.employer_no = t.employer_no AND e.insutype = $1 AND e.psn_no = t.psn_no
            JOIN month_terms m ON m.insutype = $1 AND m.is_billed AND m.month < $3 AND m.month >= e.from_month AND (e.to_month IS NULL OR m.month <= e.to_month)
        ), one AS (
            -- Stopped and started again within a month, it is one month: by the later employment.
            SELECT DISTINCT ON (employer_no, psn_no, month) * FROM covering ORDER BY employer_no, psn_no, month, employment_no DESC
        ), wanted AS (
            SELECT o.employer_no, o.psn_no, o.month, w.wage_fen, b.base_fen, p.employer_fen, p.employee_fen, CASE WHEN o.maternity THEN p.maternity_fen ELSE 0 END AS maternity_fen,
                (p.employer_fen * m.account_of_employer_bp + 5000) / 10000 AS account_employer_fen, (p.employee_fen * m.account_of_employee_bp + 5000) / 10000 AS account_employee_fen
            FROM one o JOIN month_terms m ON m.insutype = $1 AND m.month = o.month
            -- A month before the first declared wage has none: its base is the floor.
            CROSS JOIN LATERAL (SELECT coalesce((SELECT wage_fen FROM employment_wage d WHERE d.employment_no = o.employment_no AND d.from_month <= o.month ORDER BY d.from_month DESC LIMIT 1), 0) AS wage_fen) w
            CROSS JOIN LATERAL (SELECT least(greatest(w.wage_fen, m.floor_fen), m.ceiling_fen) AS base_fen) b
            -- Half up; nothing here is negative.
            CROSS JOIN LATERAL (SELECT (b.base_fen * m.employer_bp + 5000) / 10000 AS employer_fen, (b.base_fen * m.employee_bp + 5000) / 10000 AS employee_fen, (b.base_fen * m.maternity_bp + 5000) / 10000 AS maternity_fen) p
        ), stated AS (
            SELECT b.* FROM billed_month b WHERE b.employer_no = ANY ($2) AND b.insutype = $1 AND b.month = $3
            UNION ALL
            SELECT b.* FROM touched t JOIN billed_month b ON b.employer_no = t.employer_no AND b.insutype = $1 AND b.psn_no = t.psn_no AND b.month < $3
        ), differs AS MATERIALIZED (
            SELECT employer_no, psn_no, month, coalesce(w.wage_fen, 0) AS wage_fen, coalesce(w.base_fen, 0) AS base_fen,
                coalesce(w.employer_fen, 0) - coalesce(s.employer_fen, 0) AS employer_fen, coalesce(w.employee_fen, 0) - coalesce(s.employee_fen, 0) AS employee_fen,
                coalesce(w.maternity_fen, 0) - coalesce(s.maternity_fen, 0) AS maternity_fen, coalesce(w.account_employer_fen, 0) - coalesce(s.account_employer_fen, 0) AS account_employer_fen,
                coalesce(w.account_employee_fen, 0) - coalesce(s.account_employee_fen, 0) AS account_employee_fen,
                coalesce(w.employer_fen, 0) AS now_employer_fen, coalesce(w.employee_fen, 0) AS now_employee_fen, coalesce(w.maternity_fen, 0) AS now_maternity_fen,
                coalesce(w.account_employer_fen, 0) AS now_account_employer_fen, coalesce(w.account_employee_fen, 0) AS now_account_employee_fen
            FROM wanted w FULL JOIN stated s USING (employer_no, psn_no, month)
            WHERE (coalesce(w.employer_fen, 0), coalesce(w.employee_fen, 0), coalesce(w.maternity_fen, 0), coalesce(w.account_employer_fen, 0), coalesce(w.account_employee_fen, 0))
               <> (coalesce(s.employer_fen, 0), coalesce(s.employee_fen, 0), coalesce(s.maternity_fen, 0), coalesce(s.account_employer_fen, 0), coalesce(s.account_employee_fen, 0))
        ), charge AS MATERIALIZED (
            SELECT * FROM unnest($6, $7, $8, $9) AS c (payer_no, of_bill_no, days, amount_fen)
        ), made AS (
            INSERT INTO bill (kind, run_no, payer_no, insutype, month, persons, employer_fen, employee_fen, maternity_fen, late_charge_fen, due_on, charge_a_day_fen, made_at)
            SELECT 'month', $10, payer_no, $1, $3, coalesce(l.persons, 0), coalesce(l.employer_fen, 0), coalesce(l.employee_fen, 0), coalesce(l.maternity_fen, 0), coalesce(c.amount_fen, 0), $11,
                (greatest(coalesce(l.employer_fen + l.employee_fen + l.maternity_fen, 0), 0) * (SELECT late_charge_bp FROM month_terms WHERE insutype = $1 AND month = $3) + 5000) / 10000, $12
            FROM (SELECT employer_no AS payer_no, count(DISTINCT psn_no)::int AS persons, sum(employer_fen)::bigint AS employer_fen, sum(employee_fen)::bigint AS employee_fen, sum(maternity_fen)::bigint AS maternity_fen
                  FROM differs GROUP BY employer_no) l
            FULL JOIN (SELECT payer_no, sum(amount_fen)::bigint AS amount_fen FROM charge GROUP BY payer_no) c USING (payer_no)
            ORDER BY payer_no
            RETURNING bill_no, payer_no, amount_fen
        ), lined AS (
            INSERT INTO bill_line (bill_no, psn_no, month, wage_fen, base_fen, employer_fen, employee_fen, maternity_fen, account_employer_fen, account_employee_fen)
            SELECT m.bill_no, d.psn_no, d.month, d.wage_fen, d.base_fen, d.employer_fen, d.employee_fen, d.maternity_fen, d.account_employer_fen, d.account_employee_fen FROM differs d JOIN made m ON m.payer_no = d.employer_no
        ), charged AS (
            INSERT INTO bill_charge (bill_no, of_bill_no, days, amount_fen) SELECT m.bill_no, c.of_bill_no, c.days, c.amount_fen FROM charge c JOIN made m USING (payer_no)
        ), kept AS (
            INSERT INTO billed_month (employer_no, insutype, psn_no, month, wage_fen, base_fen, employer_fen, employee_fen, maternity_fen, account_employer_fen, account_employee_fen)
            SELECT employer_no, $1, psn_no, month, wage_fen, base_fen, now_employer_fen, now_employee_fen, now_maternity_fen, now_account_employer_fen, now_account_employee_fen FROM differs
            ON CONFLICT (employer_no, insutype, psn_no, month) DO UPDATE SET wage_fen = excluded.wage_fen, base_fen = excluded.base_fen, employer_fen = excluded.employer_fen, employee_fen = excluded.employee_fen,
                maternity_fen = excluded.maternity_fen, account_employer_fen = excluded.account_employer_fen, account_employee_fen = excluded.account_employee_fen
        )
        SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM differs), (SELECT coalesce(sum(amount_fen), 0)::bigint FROM made)
        """;

    /// <summary>Within the caller's transaction; holds the employers until it ends.</summary>
    /// <param name="employers">None has a bill of the month.</param>
    /// <param name="incomes">Gets what the caller posts (<see cref="PostIncome"/>) as the last thing of its transaction.</param>
    public static async Task<Made> Run(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long runNo, string insutype, int month, string[] employers, List<IncomePosting> incomes, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await SettleBills.Lock(connection, transaction, employers, cancellation);
        // Taken before the employments are read: what changes from now on is written again for the next bill.
        var touched = new List<(string EmployerNo, string PsnNo)>();
        await using (var take = new NpgsqlCommand("DELETE FROM employment_unbilled WHERE employer_no = ANY ($1) AND insutype = $2 RETURNING employer_no, psn_no", connection, transaction) { Parameters = { new() { Value = employers }, new() { Value = insutype } } })
        await using (var reader = await take.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) touched.Add((reader.GetString(0), reader.GetString(1)));
        var charges = await Charges(connection, transaction, insutype, employers, cancellation);

        Made made;
        // Due on the last day of the month, or of the one in which it is made: nobody is late before being asked.
        var due = Month.LastDay(Math.Max(month, Month.Of(calendar.Today)));
        await using (var command = new NpgsqlCommand(Sql, connection, transaction)
        {
            CommandTimeout = 600,
            Parameters =
            {
                new() { Value = insutype }, new() { Value = employers }, new() { Value = month }, ReceivePayments.Column(NpgsqlDbType.Text, touched, t => t.EmployerNo), ReceivePayments.Column(NpgsqlDbType.Text, touched, t => t.PsnNo),
                ReceivePayments.Column(NpgsqlDbType.Text, charges, c => c.PayerNo), ReceivePayments.Column(NpgsqlDbType.Bigint, charges, c => c.Charge.OfBillNo), ReceivePayments.Column(NpgsqlDbType.Integer, charges, c => c.Charge.Days),
                ReceivePayments.Column(NpgsqlDbType.Bigint, charges, c => c.Charge.AmountFen), new() { Value = runNo }, new() { Value = due }, new() { Value = calendar.UtcNow.UtcDateTime },
            },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            made = new Made(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }
        await Settle(connection, transaction, employers, incomes, calendar, cancellation);
        return made;
    }

    /// <summary>Money that waits pays new bills at once, and a bill that owes nothing more, or gives back, is settled as soon as it is made.</summary>
    private static async Task Settle(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] employers, List<IncomePosting> incomes, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var payers = new List<string>();
        await using (var find = new NpgsqlCommand("""
            SELECT e FROM unnest($1) AS p (e) WHERE EXISTS (SELECT FROM suspense_item s WHERE s.payer_no = e AND s.payer_no <> '' AND s.left_fen > 0) OR EXISTS (SELECT FROM bill b WHERE b.payer_no = e AND b.settlement_no IS NULL AND b.amount_fen <= 0)
            ORDER BY e
            """, connection, transaction) { Parameters = { new() { Value = employers } } })
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) payers.Add(reader.GetString(0));
        await SettleBills.Run(connection, transaction, payers, "账单", incomes, calendar, cancellation);
    }

    private static async Task<List<(string PayerNo, LateCharges.Charge Charge)>> Charges(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, string[] employers, CancellationToken cancellation)
    {
        // Only of whom a bill of the scheme was settled after its due day, or charged for before.
        var bills = new List<(string PayerNo, LateCharges.Owed Bill)>();
        await using (var read = new NpgsqlCommand("""
            SELECT b.payer_no, b.bill_no, b.amount_fen, b.due_on, CASE WHEN b.insutype = $2 THEN b.charge_a_day_fen ELSE 0 END, b.settlement_no IS NOT NULL AND b.insutype = $2,
                CASE WHEN b.insutype = $2 THEN coalesce((SELECT sum(amount_fen) FROM bill_charge c WHERE c.of_bill_no = b.bill_no), 0) ELSE 0 END::bigint
            FROM unnest($1) AS p (payer_no) JOIN bill b USING (payer_no)
            WHERE EXISTS (SELECT FROM bill l JOIN bill_settlement s USING (settlement_no) WHERE l.payer_no = p.payer_no AND l.insutype = $2 AND (s.settled_on > l.due_on OR EXISTS (SELECT FROM bill_charge c WHERE c.of_bill_no = l.bill_no)))
            ORDER BY b.payer_no, b.bill_no
            """, connection, transaction) { Parameters = { new() { Value = employers }, new() { Value = insutype } } })
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                bills.Add((reader.GetString(0), new LateCharges.Owed(reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<DateOnly>(3), reader.GetInt64(4), reader.GetBoolean(5), reader.GetInt64(6))));
        if (bills.Count == 0) return [];
        var money = await SettleBills.Money(connection, transaction, [.. bills.Select(b => b.PayerNo).Distinct()], cancellation);
        return [.. bills.GroupBy(b => b.PayerNo).SelectMany(g => LateCharges.Differences([.. g.Select(b => b.Bill)], money[g.Key]).Select(c => (g.Key, c)))];
    }
}
