using MedInsure.Billing.Incomes;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Payments;

/// <summary>
/// Books any number of payments in the caller's transaction: each once by its channel and reference, to those who owe exactly that, the rest to suspense.
/// Whom a payment settles is told to enrollment in the same transaction.
/// </summary>
internal static class ReceivePayments
{
    /// <param name="moved">True: the money is here whatever we think of it, so what does not fit lies in suspense. False: it is refused, and the caller rolls back.</param>
    /// <param name="incomes">Gets what the caller posts (<see cref="PostIncome"/>) as the last thing of its transaction.</param>
    public static async Task<Outcome<IReadOnlyList<Booked>>> Run(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Received> payments, bool moved, List<IncomePosting> incomes, DateTimeOffset at, CancellationToken cancellation)
    {
        var lines = payments.SelectMany(p => p.Lines).ToList();
        await OwedYears.LockYears(connection, transaction, lines.Select(l => (l.Insutype, l.Year)), cancellation);
        var fresh = await Insert(connection, transaction, payments, at, cancellation);
        var known = fresh.Count == payments.Count ? [] : await Known(connection, transaction, payments, cancellation);
        await Adopt(connection, transaction, payments, known, fresh, incomes, cancellation);
        var owed = await OwedYears.Lock(connection, transaction, lines.Select(l => (l.PsnNo, l.Insutype, l.Year)), cancellation);

        var (booked, postings) = (new Booked[payments.Count], new Postings(incomes));
        var taken = new HashSet<(string, string)>();
        for (var i = 0; i < payments.Count; i++)
        {
            var payment = payments[i];
            var key = (payment.Channel, payment.Reference);
            // The second of one reference in one call is a repeat of the first.
            if (!fresh.TryGetValue(key, out var paymentNo) || !taken.Add(key))
            {
                var before = known.TryGetValue(key, out var found) ? found : (PaymentNo: paymentNo, payments.First(p => (p.Channel, p.Reference) == key).Content, ReceiptNo: null);
                booked[i] = new Booked(before.PaymentNo, before.ReceiptNo, true, !before.Content.AsSpan().SequenceEqual(payment.Content));
                continue;
            }
            var left = payment.AmountFen;
            foreach (var line in payment.Lines)
            {
                var year = owed[(line.PsnNo, line.Insutype, line.Year)];
                var (refusal, window) = JudgePayment.Judge(year, line.AmountFen, payment.ValueOn, line.Stated);
                if (refusal is not null)
                {
                    if (!moved) return refusal;
                    postings.Suspend(paymentNo, line.AmountFen, refusal.Code, line, payment.Channel, payment.ValueOn);
                }
                else
                {
                    year.PaidFen += line.AmountFen;
                    postings.Allocate(paymentNo, line, payment.TakenBy, "payment", payment.Channel, payment.ValueOn, window);
                }
                left -= line.AmountFen;
            }
            if (left > 0) postings.Suspend(paymentNo, left, payment.Unnamed, null, payment.Channel, payment.ValueOn);
            booked[i] = new Booked(paymentNo, null, false, false);
        }
        var receipts = await postings.Write(connection, transaction, at, cancellation);
        for (var i = 0; i < booked.Length; i++)
            if (!booked[i].Repeated && receipts.TryGetValue(booked[i].PaymentNo, out var receiptNo)) booked[i] = booked[i] with { ReceiptNo = receiptNo };
        return booked;
    }

    /// <summary>All of it in suspense at first; <see cref="Postings"/> moves what is allocated.</summary>
    private static async Task<Dictionary<(string, string), long>> Insert(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Received> payments, DateTimeOffset at, CancellationToken cancellation)
    {
        // In one order, so that two calls with the same references wait for each other in one direction only.
        var ordered = payments.OrderBy(p => p.Channel, StringComparer.Ordinal).ThenBy(p => p.Reference, StringComparer.Ordinal).ToList();
        await using var command = new NpgsqlCommand("""
            INSERT INTO payment (channel, reference, content, amount_fen, value_on, payer, taken_by, received_at, allocated_fen, suspense_fen, refunded_fen)
            SELECT channel, reference, content, amount_fen, value_on, payer, taken_by, $8, 0, amount_fen, 0
            FROM unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY AS p (channel, reference, content, amount_fen, value_on, payer, taken_by, n) ORDER BY n
            ON CONFLICT (channel, reference) DO NOTHING RETURNING payment_no, channel, reference
            """, connection, transaction)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Text, ordered, p => p.Channel), Column(NpgsqlDbType.Text, ordered, p => p.Reference), Column(NpgsqlDbType.Bytea, ordered, p => p.Content), Column(NpgsqlDbType.Bigint, ordered, p => p.AmountFen),
                Column(NpgsqlDbType.Date, ordered, p => p.ValueOn), Column(NpgsqlDbType.Text, ordered, p => p.Payer), Column(NpgsqlDbType.Text, ordered, p => p.TakenBy), new() { Value = at.UtcDateTime },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var fresh = new Dictionary<(string, string), long>();
        while (await reader.ReadAsync(cancellation)) fresh[(reader.GetString(1), reader.GetString(2))] = reader.GetInt64(0);
        return fresh;
    }

    private static async Task<Dictionary<(string, string), (long PaymentNo, byte[] Content, long? ReceiptNo)>> Known(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Received> payments, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT p.channel, p.reference, p.payment_no, p.content, (SELECT min(receipt_no) FROM receipt r WHERE r.payment_no = p.payment_no)
            FROM (SELECT DISTINCT channel, reference FROM unnest($1, $2) AS k (channel, reference)) k JOIN payment p USING (channel, reference)
            """, connection, transaction) { Parameters = { Column(NpgsqlDbType.Text, payments, p => p.Channel), Column(NpgsqlDbType.Text, payments, p => p.Reference) } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var known = new Dictionary<(string, string), (long, byte[], long?)>();
        while (await reader.ReadAsync(cancellation))
            known[(reader.GetString(0), reader.GetString(1))] = (reader.GetInt64(2), reader.GetFieldValue<byte[]>(3), reader.IsDBNull(4) ? null : reader.GetInt64(4));
        return known;
    }

    /// <summary>Money that a statement told of before its channel did lies in suspense for nobody in particular: now that somebody says whose it is, it is booked as if it came now.</summary>
    private static async Task Adopt(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Received> payments, Dictionary<(string, string), (long PaymentNo, byte[] Content, long? ReceiptNo)> known,
        Dictionary<(string, string), long> fresh, List<IncomePosting> incomes, CancellationToken cancellation)
    {
        var claims = new Dictionary<long, Received>();
        foreach (var payment in payments)
        {
            var key = (payment.Channel, payment.Reference);
            if (payment.Lines.Count > 0 && !fresh.ContainsKey(key) && known.TryGetValue(key, out var found) && found.Content.AsSpan().SequenceEqual((payment with { Lines = [] }).Content)) claims.TryAdd(found.PaymentNo, payment);
        }
        if (claims.Count == 0) return;
        var numbers = claims.Keys.Order().ToList();
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("SELECT FROM payment WHERE payment_no = ANY ($1) ORDER BY payment_no FOR UPDATE") { Parameters = { new() { Value = numbers } } },
                new("""
                    WITH emptied AS (
                        UPDATE suspense_item s SET left_fen = 0 FROM unnest($1, $2, $3) AS c (payment_no, amount_fen, content)
                        WHERE s.payment_no = c.payment_no AND s.left_fen = c.amount_fen AND s.amount_fen = c.amount_fen AND s.held_fen = 0 RETURNING s.payment_no, c.content)
                    UPDATE payment p SET content = e.content FROM emptied e WHERE p.payment_no = e.payment_no RETURNING p.payment_no
                    """) { Parameters = { Column(NpgsqlDbType.Bigint, numbers, n => n), Column(NpgsqlDbType.Bigint, numbers, n => claims[n].AmountFen), Column(NpgsqlDbType.Bytea, numbers, n => claims[n].Content) } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var (paymentNo, payment) = (reader.GetInt64(0), claims[reader.GetInt64(0)]);
            fresh[(payment.Channel, payment.Reference)] = paymentNo;
            // As of the day of what follows, which its channel may see otherwise than the statement did: what came on the statement's day stays what it was.
            incomes.Add(IncomePosting.Suspense(-payment.AmountFen, payment.ValueOn, payment.Channel));
        }
    }

    internal static NpgsqlParameter<TValue[]> Column<TRow, TValue>(NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, TValue> column) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. rows.Select(column)] };
}
