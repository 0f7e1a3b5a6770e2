using MedInsure.Billing.Bills;
using MedInsure.Billing.Flexible;
using MedInsure.Billing.Incomes;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Payments;

/// <summary>Where the money of payments goes: gathered while they are judged, written at once. Each payment has at most one receipt per writing.</summary>
/// <param name="incomes">Gets what it means for the fund's income, for <see cref="PostIncome"/>, which comes last in a transaction.</param>
internal sealed class Postings(List<IncomePosting> incomes)
{
    private readonly List<(long PaymentNo, PaidLine Line, string By, string Cause, DateOnly ValueOn, (string Who, DateOnly? EventOn) Window)> allocations = [];
    private readonly List<(long PaymentNo, long AmountFen, string Reason, PaidLine? Line)> suspended = [];

    public void Allocate(long paymentNo, PaidLine line, string by, string cause, string channel, DateOnly valueOn, (string Who, DateOnly? EventOn) window)
    {
        allocations.Add((paymentNo, line, by, cause, valueOn, window));
        incomes.Add(new IncomePosting("personal", line.Insutype, line.Year, line.AmountFen, 0, valueOn, channel, "", ""));
    }

    public void Suspend(long paymentNo, long amountFen, string reason, PaidLine? line, string channel, DateOnly valueOn)
    {
        suspended.Add((paymentNo, amountFen, reason, line));
        incomes.Add(IncomePosting.Suspense(amountFen, valueOn, channel));
    }

    /// <summary>Moves allocated money out of the payment's suspense, where it all begins; the assessments are the caller's by lock.</summary>
    /// <returns>Receipt by payment.</returns>
    public async Task<Dictionary<long, long>> Write(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset at, CancellationToken cancellation)
    {
        if (suspended.Count > 0)
        {
            await using var command = new NpgsqlCommand("""
                INSERT INTO suspense_item (payment_no, reason, psn_no, insutype, year, amount_fen, left_fen, created_at)
                SELECT payment_no, reason, psn_no, insutype, year, amount_fen, amount_fen, $7 FROM unnest($1, $2, $3, $4, $5, $6) AS s (payment_no, reason, psn_no, insutype, year, amount_fen)
                """, connection, transaction)
            {
                Parameters =
                {
                    ReceivePayments.Column(NpgsqlDbType.Bigint, suspended, s => s.PaymentNo), ReceivePayments.Column(NpgsqlDbType.Text, suspended, s => s.Reason),
                    ReceivePayments.Column(NpgsqlDbType.Text, suspended, s => s.Line?.PsnNo ?? ""), ReceivePayments.Column(NpgsqlDbType.Text, suspended, s => s.Line?.Insutype ?? ""),
                    ReceivePayments.Column(NpgsqlDbType.Integer, suspended, s => s.Line?.Year ?? 0), ReceivePayments.Column(NpgsqlDbType.Bigint, suspended, s => s.AmountFen), new() { Value = at.UtcDateTime },
                },
            };
            await command.ExecuteNonQueryAsync(cancellation);
        }
        if (allocations.Count == 0) return [];

        var receipts = new Dictionary<long, long>();
        var paid = allocations.GroupBy(a => a.PaymentNo).Select(g => (PaymentNo: g.Key, g.First().By, AmountFen: g.Sum(a => a.Line.AmountFen))).OrderBy(p => p.PaymentNo).ToList();
        await using (var command = new NpgsqlCommand("INSERT INTO receipt (payment_no, issued_by, issued_at) SELECT payment_no, issued_by, $3 FROM unnest($1, $2) AS r (payment_no, issued_by) ORDER BY 1 RETURNING payment_no, receipt_no", connection, transaction)
        {
            Parameters = { ReceivePayments.Column(NpgsqlDbType.Bigint, paid, p => p.PaymentNo), ReceivePayments.Column(NpgsqlDbType.Text, paid, p => p.By), new() { Value = at.UtcDateTime } },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) receipts[reader.GetInt64(0)] = reader.GetInt64(1);

        var settled = new HashSet<(string, string, int)>();
        await using (var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("UPDATE payment p SET allocated_fen = allocated_fen + a.amount_fen, suspense_fen = suspense_fen - a.amount_fen FROM unnest($1, $2) AS a (payment_no, amount_fen) WHERE p.payment_no = a.payment_no")
                {
                    Parameters = { ReceivePayments.Column(NpgsqlDbType.Bigint, paid, p => p.PaymentNo), ReceivePayments.Column(NpgsqlDbType.Bigint, paid, p => p.AmountFen) },
                },
                new("""
                    INSERT INTO allocation (payment_no, receipt_no, psn_no, insutype, year, amount_fen, cause, made_at)
                    SELECT payment_no, receipt_no, psn_no, insutype, year, amount_fen, cause, $8 FROM unnest($1, $2, $3, $4, $5, $6, $7) AS a (payment_no, receipt_no, psn_no, insutype, year, amount_fen, cause)
                    """)
                {
                    Parameters =
                    {
                        ReceivePayments.Column(NpgsqlDbType.Bigint, allocations, a => a.PaymentNo), ReceivePayments.Column(NpgsqlDbType.Bigint, allocations, a => receipts[a.PaymentNo]),
                        ReceivePayments.Column(NpgsqlDbType.Text, allocations, a => a.Line.PsnNo), ReceivePayments.Column(NpgsqlDbType.Text, allocations, a => a.Line.Insutype),
                        ReceivePayments.Column(NpgsqlDbType.Integer, allocations, a => a.Line.Year), ReceivePayments.Column(NpgsqlDbType.Bigint, allocations, a => a.Line.AmountFen),
                        ReceivePayments.Column(NpgsqlDbType.Text, allocations, a => a.Cause), new() { Value = at.UtcDateTime },
                    },
                },
            },
        })
            await batch.ExecuteNonQueryAsync(cancellation);
        await using (var command = new NpgsqlCommand("""
            UPDATE assessment s SET paid_fen = s.paid_fen + a.amount_fen
            FROM (SELECT psn_no, insutype, year, sum(amount_fen)::bigint AS amount_fen FROM unnest($1, $2, $3, $4) AS l (psn_no, insutype, year, amount_fen) GROUP BY psn_no, insutype, year) a
            WHERE s.psn_no = a.psn_no AND s.insutype = a.insutype AND s.year = a.year RETURNING s.psn_no, s.insutype, s.year, s.paid_fen >= s.due_fen
            """, connection, transaction)
        {
            Parameters =
            {
                ReceivePayments.Column(NpgsqlDbType.Text, allocations, a => a.Line.PsnNo), ReceivePayments.Column(NpgsqlDbType.Text, allocations, a => a.Line.Insutype),
                ReceivePayments.Column(NpgsqlDbType.Integer, allocations, a => a.Line.Year), ReceivePayments.Column(NpgsqlDbType.Bigint, allocations, a => a.Line.AmountFen),
            },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                if (reader.GetBoolean(3)) settled.Add((reader.GetString(0), reader.GetString(1), reader.GetInt32(2)));

        await Outbox.Add(connection, transaction, [.. allocations.Where(a => settled.Contains((a.Line.PsnNo, a.Line.Insutype, a.Line.Year))).Select(a => OutboxEvent.Of(a.Line.PsnNo,
            new ContributionPaid(a.Line.PsnNo, a.Line.Insutype, a.Line.Year, DayNumber.Of(a.ValueOn), a.Window.Who, a.Window.EventOn is { } day ? DayNumber.Of(day) : 0), at))], cancellation);
        if (allocations.Where(a => Month.IsMonth(a.Line.Year)).Select(a => a.Line.PsnNo).Distinct().ToList() is { Count: > 0 } flexible)
            await SettleFlexibleMonths.Run(connection, transaction, flexible, incomes, DateOnly.FromDateTime(ChinaCalendar.ToLocal(at).DateTime), at, cancellation);
        return receipts;
    }
}
