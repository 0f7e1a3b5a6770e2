using MedInsure.Billing.Accounts;
using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Billing.Years;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Bills;

/// <summary>
/// Pays payers' bills from the money that waits for them: whole bills, the oldest first, as far as the money reaches; bills that give back count like money. Which
/// ones are settled follows from bills and money alone, not from the order in which they came. What that means for persons and the fund is booked at once for all.
/// </summary>
internal sealed class SettleBills(NpgsqlConnection connection, NpgsqlTransaction transaction, ChinaCalendar calendar)
{
    private sealed record Source(long PaymentNo, long? SuspenseNo, string Channel, DateOnly ValueOn, long AmountFen);

    private readonly List<(long SettlementNo, string PayerNo, IReadOnlyList<SplitIncome.Moved> Moved)> settlements = [];

    /// <summary>Before anything else of the payers' is read: who else bills them or pays for them waits. In one order.</summary>
    public static async Task Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<string> payerNos, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('payer ' || p, 0)) FROM unnest($1) AS u (p) ORDER BY hashtextextended('payer ' || p, 0)", connection, transaction)
        {
            Parameters = { new() { Value = payerNos.Distinct().ToArray() } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>All money of payers by the day on which it moved: what settled bills and what waits.</summary>
    public static async Task<ILookup<string, LateCharges.Money>> Money(NpgsqlConnection connection, NpgsqlTransaction? transaction, string[] payerNos, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT s.payer_no, p.value_on, a.amount_fen FROM bill_settlement s JOIN allocation a USING (settlement_no) JOIN payment p USING (payment_no) WHERE s.payer_no = ANY ($1)
            UNION ALL
            SELECT s.payer_no, p.value_on, s.left_fen FROM suspense_item s JOIN payment p USING (payment_no) WHERE s.payer_no = ANY ($1) AND s.payer_no <> '' AND s.left_fen > 0
            """, connection, transaction) { Parameters = { new() { Value = payerNos } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var money = new List<(string PayerNo, LateCharges.Money Money)>();
        while (await reader.ReadAsync(cancellation)) money.Add((reader.GetString(0), new LateCharges.Money(reader.GetFieldValue<DateOnly>(1), reader.GetInt64(2))));
        return money.ToLookup(m => m.PayerNo, m => m.Money);
    }

    /// <summary>Within the transaction of whoever holds the payers (<see cref="Lock"/>).</summary>
    /// <param name="by">In whose name receipts are issued.</param>
    /// <param name="incomes">Gets what the caller posts (<see cref="PostIncome"/>) as the last thing of its transaction.</param>
    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<string> payerNos, string by, List<IncomePosting> incomes, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var settling = new SettleBills(connection, transaction, calendar);
        foreach (var payerNo in payerNos) await settling.Of(payerNo, by, cancellation);
        await settling.Book(incomes, cancellation);
    }

    /// <summary>As many of the payer's bills as its money pays.</summary>
    private async Task Of(string payerNo, string by, CancellationToken cancellation)
    {
        var bills = new List<(long BillNo, long AmountFen)>();
        await using (var read = new NpgsqlCommand("SELECT bill_no, amount_fen FROM bill WHERE payer_no = $1 AND settlement_no IS NULL ORDER BY bill_no", connection, transaction) { Parameters = { new() { Value = payerNo } } })
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) bills.Add((reader.GetInt64(0), reader.GetInt64(1)));
        if (bills.Count == 0) return;
        var waiting = await Sources("""
            SELECT s.payment_no, s.suspense_no, p.channel, p.value_on, s.left_fen - s.held_fen FROM suspense_item s JOIN payment p USING (payment_no)
            WHERE s.payer_no = $1 AND s.payer_no <> '' AND s.left_fen > s.held_fen ORDER BY p.value_on, s.suspense_no
            """, "SELECT payment_no FROM suspense_item WHERE payer_no = $1 AND payer_no <> '' AND left_fen > 0", payerNo, cancellation);

        // The most bills from the oldest on that the money reaches, where a later correction gives back what an earlier one asks too.
        var (available, sum, count, needed) = (waiting.Sum(w => w.AmountFen), 0L, 0, 0L);
        for (var i = 0; i < bills.Count; i++)
        {
            sum += bills[i].AmountFen;
            if (sum <= available) (count, needed) = (i + 1, sum);
        }
        if (count == 0) return;
        var moves = needed >= 0 ? Take(waiting, needed) : Take(await Sources("""
            SELECT a.payment_no, NULL::bigint, p.channel, p.value_on, sum(a.amount_fen)::bigint FROM bill_settlement s JOIN allocation a USING (settlement_no) JOIN payment p USING (payment_no)
            WHERE s.payer_no = $1 GROUP BY a.payment_no, p.channel, p.value_on HAVING sum(a.amount_fen) > 0 ORDER BY p.value_on DESC, a.payment_no DESC
            """, "SELECT a.payment_no FROM bill_settlement s JOIN allocation a USING (settlement_no) WHERE s.payer_no = $1", payerNo, cancellation), -needed);

        long settlementNo;
        await using (var insert = new NpgsqlCommand("""
            WITH settlement AS (INSERT INTO bill_settlement (payer_no, amount_fen, settled_on, settled_at) VALUES ($1, $2, $3, $4) RETURNING settlement_no),
            settled AS (UPDATE bill b SET settlement_no = s.settlement_no FROM settlement s WHERE b.bill_no = ANY ($5))
            SELECT settlement_no FROM settlement
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = payerNo }, new() { Value = needed }, new() { Value = needed > 0 ? moves.Max(m => m.ValueOn) : calendar.Today }, new() { Value = calendar.UtcNow.UtcDateTime },
                new() { Value = bills.Take(count).Select(b => b.BillNo).ToArray() },
            },
        })
            settlementNo = (long)(await insert.ExecuteScalarAsync(cancellation))!;
        await Move(payerNo, settlementNo, moves, needed >= 0 ? 1 : -1, by, cancellation);
        settlements.Add((settlementNo, payerNo, moves.Count == 0 ? [new("correction", calendar.Today, 0)] : [.. moves.Select(m => new SplitIncome.Moved(m.Channel, m.ValueOn, needed >= 0 ? m.AmountFen : -m.AmountFen))]));
    }

    /// <summary>Months, accounts and years of whom it concerns, in one order for all settlements; what it brings the fund goes to <paramref name="incomes"/>, which are posted last.</summary>
    private async Task Book(List<IncomePosting> incomes, CancellationToken cancellation)
    {
        if (settlements.Count == 0) return;
        long[] numbers = [.. settlements.Select(s => s.SettlementNo)];
        await using (var months = new NpgsqlCommand("""
            INSERT INTO contribution_month AS m (psn_no, insutype, month, employed_fen)
            SELECT l.psn_no, b.insutype, l.month, sum(l.employer_fen + l.employee_fen)::bigint FROM bill b JOIN bill_line l USING (bill_no) WHERE b.settlement_no = ANY ($1)
            GROUP BY l.psn_no, b.insutype, l.month HAVING sum(l.employer_fen + l.employee_fen) <> 0 ORDER BY l.psn_no, b.insutype, l.month
            ON CONFLICT (psn_no, insutype, month) DO UPDATE SET employed_fen = m.employed_fen + excluded.employed_fen
            """, connection, transaction) { Parameters = { new() { Value = numbers } } })
            await months.ExecuteNonQueryAsync(cancellation);

        // The act names the person too: two merged records share an account, and may both have a line of the month.
        var accounts = new List<AccountPosting>();
        await using (var read = new NpgsqlCommand("""
            SELECT l.psn_no, b.bill_no, l.month, l.account_employer_fen + l.account_employee_fen, s.settled_on FROM bill_settlement s JOIN bill b USING (settlement_no) JOIN bill_line l USING (bill_no)
            WHERE s.settlement_no = ANY ($1) AND l.account_employer_fen + l.account_employee_fen <> 0 ORDER BY l.psn_no, b.bill_no, l.month
            """, connection, transaction) { Parameters = { new() { Value = numbers } } })
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                accounts.Add(new AccountPosting(reader.GetString(0), reader.GetInt64(3) > 0 ? PostToAccounts.Credit : PostToAccounts.Correction, reader.GetInt64(3), DayNumber.Of(reader.GetFieldValue<DateOnly>(4)), $"bill {reader.GetInt64(1)} {reader.GetInt32(2)} {reader.GetString(0)}"));
        accounts.AddRange(await TransferredAccounts.Arrived(connection, transaction, numbers, cancellation));
        await PostToAccounts.Run(connection, transaction, accounts, calendar.UtcNow, cancellation);
        await GrantRetirement.Bought(connection, transaction, numbers, calendar, cancellation);

        var parts = new List<(long SettlementNo, IncomePosting Part)>();
        // What is asked for and what is given back stay apart: an account's part has its amount's sign.
        await using (var read = new NpgsqlCommand("""
            SELECT settlement_no, source, insutype, period, sum(amount_fen)::bigint, sum(account_fen)::bigint FROM (
                SELECT b.settlement_no, v.source, v.insutype, l.month AS period, v.amount_fen, v.account_fen FROM bill b JOIN bill_line l USING (bill_no)
                CROSS JOIN LATERAL (VALUES ('employer', b.insutype, l.employer_fen, l.account_employer_fen), ('employee', b.insutype, l.employee_fen, l.account_employee_fen), ('employer', $2, l.maternity_fen, 0)) AS v (source, insutype, amount_fen, account_fen)
                WHERE b.settlement_no = ANY ($1)
                UNION ALL SELECT b.settlement_no, 'late_charge', b.insutype, b.month, c.amount_fen, 0 FROM bill b JOIN bill_charge c USING (bill_no) WHERE b.settlement_no = ANY ($1)
                UNION ALL SELECT b.settlement_no, CASE b.kind WHEN 'purchase' THEN 'personal' ELSE 'transfer_in' END, b.insutype, b.month, b.other_fen, CASE b.kind WHEN 'purchase' THEN 0 ELSE b.other_fen END
                    FROM bill b WHERE b.settlement_no = ANY ($1) AND b.kind <> 'month'
            ) v WHERE amount_fen <> 0 GROUP BY settlement_no, source, insutype, period, amount_fen > 0 ORDER BY settlement_no, source, insutype, period, amount_fen > 0
            """, connection, transaction) { Parameters = { new() { Value = numbers }, new() { Value = MakeBills.Maternity } } })
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                parts.Add((reader.GetInt64(0), new IncomePosting(reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5), default, "", "", "")));
        var byNumber = parts.ToLookup(p => p.SettlementNo, p => p.Part);
        foreach (var (settlementNo, payerNo, moved) in settlements)
        {
            incomes.AddRange(moved.Where(m => m.AmountFen != 0).Select(m => IncomePosting.Suspense(-m.AmountFen, m.ValueOn, m.Channel)));
            incomes.AddRange(SplitIncome.Over([.. byNumber[settlementNo].Select(p => p with { Payer = payerNo, Reference = $"settlement {settlementNo}" })], moved));
        }
        settlements.Clear();
    }

    private async Task<List<Source>> Sources(string sql, string payments, string payerNo, CancellationToken cancellation)
    {
        // The payments first, as everybody who moves their money does.
        await using (var hold = new NpgsqlCommand($"SELECT FROM payment WHERE payment_no IN ({payments}) ORDER BY payment_no FOR UPDATE", connection, transaction) { Parameters = { new() { Value = payerNo } } })
            await hold.ExecuteNonQueryAsync(cancellation);
        await using var read = new NpgsqlCommand(sql, connection, transaction) { Parameters = { new() { Value = payerNo } } };
        await using var reader = await read.ExecuteReaderAsync(cancellation);
        var sources = new List<Source>();
        while (await reader.ReadAsync(cancellation)) sources.Add(new Source(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<DateOnly>(3), reader.GetInt64(4)));
        return sources;
    }

    private static List<Source> Take(List<Source> sources, long fen)
    {
        var taken = new List<Source>();
        foreach (var source in sources)
        {
            if (fen == 0) break;
            var part = Math.Min(fen, source.AmountFen);
            taken.Add(source with { AmountFen = part });
            fen -= part;
        }
        return fen == 0 ? taken : throw new InvalidOperationException("a payer's bills give back more than was ever paid for them");
    }

    private async Task Move(string payerNo, long settlementNo, List<Source> moves, int sign, string by, CancellationToken cancellation)
    {
        if (moves.Count == 0) return;
        var payments = moves.GroupBy(m => m.PaymentNo).Select(g => (PaymentNo: g.Key, AmountFen: sign * g.Sum(m => m.AmountFen))).OrderBy(p => p.PaymentNo).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new(sign > 0
                    ? "UPDATE suspense_item i SET left_fen = i.left_fen - m.amount_fen FROM unnest($1, $2) AS m (suspense_no, amount_fen) WHERE i.suspense_no = m.suspense_no"
                    : "INSERT INTO suspense_item (payment_no, reason, psn_no, insutype, year, amount_fen, left_fen, created_at, payer_no) SELECT m.number, 'bill.given_back', '', '', 0, m.amount_fen, m.amount_fen, $3, $4 FROM unnest($1, $2) AS m (number, amount_fen)")
                {
                    Parameters = { ReceivePayments.Column(NpgsqlDbType.Bigint, moves, m => sign > 0 ? m.SuspenseNo!.Value : m.PaymentNo), ReceivePayments.Column(NpgsqlDbType.Bigint, moves, m => m.AmountFen) },
                },
                new("UPDATE payment p SET allocated_fen = allocated_fen + m.amount_fen, suspense_fen = suspense_fen - m.amount_fen FROM unnest($1, $2) AS m (payment_no, amount_fen) WHERE p.payment_no = m.payment_no")
                {
                    Parameters = { ReceivePayments.Column(NpgsqlDbType.Bigint, payments, p => p.PaymentNo), ReceivePayments.Column(NpgsqlDbType.Bigint, payments, p => p.AmountFen) },
                },
                new("""
                    WITH moved AS (SELECT * FROM unnest($1, $2) AS m (payment_no, amount_fen)),
                    receipted AS (INSERT INTO receipt (payment_no, issued_by, issued_at) SELECT payment_no, $4, $5 FROM moved WHERE amount_fen > 0 ORDER BY payment_no RETURNING payment_no, receipt_no)
                    INSERT INTO allocation (payment_no, receipt_no, psn_no, insutype, year, amount_fen, cause, made_at, settlement_no)
                    SELECT m.payment_no, r.receipt_no, '', b.insutype, b.month, m.amount_fen, 'bill', $5, $3
                    FROM moved m LEFT JOIN receipted r USING (payment_no) CROSS JOIN (SELECT insutype, month FROM bill WHERE settlement_no = $3 ORDER BY bill_no DESC LIMIT 1) b
                    """)
                {
                    Parameters =
                    {
                        ReceivePayments.Column(NpgsqlDbType.Bigint, payments, p => p.PaymentNo), ReceivePayments.Column(NpgsqlDbType.Bigint, payments, p => p.AmountFen), new() { Value = settlementNo }, new() { Value = by },
                        new() { Value = calendar.UtcNow.UtcDateTime },
                    },
                },
            },
        };
        if (sign < 0)
        {
            batch.BatchCommands[0].Parameters.Add(new() { Value = calendar.UtcNow.UtcDateTime });
            batch.BatchCommands[0].Parameters.Add(new() { Value = payerNo });
        }
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
