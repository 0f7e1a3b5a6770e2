using System.Security.Cryptography;
using System.Text;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Projections;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>
/// What the bank says became of payments: paid, and the ledger's money leaves the expenditure account; or returned, and it is payable again (where it was paid before, the reverse is booked). A file
/// again, or a line that says what is known, changes nothing. What fits no payment stays on a work list.
/// </summary>
internal static class RecordBankReturn
{
    /// <param name="Content">The file's text (<see cref="BankReturnText"/>).</param>
    internal sealed record Order(string? RecordedBy, string? Content);

    internal sealed record Result(string Sha256, int Lines, int Paid, int Returned, int Same, int Open);

    private sealed record Payment(long Number, string Kind, long Subject, string FixmedinsCode, long AmountFen, string PreparedBy, string[] ActedBefore, bool IsOffset)
    {
        public string State { get; set; } = "";
        public BankReturnLine Line { get; set; }
        public List<(string Fund, long Fen)> Funds { get; } = [];
    }

    private const string Find = """
        SELECT y.number, y.kind, y.subject, y.fixmedins_code, y.amount_fen, y.state, p.prepared_by, CASE y.kind WHEN 'statement' THEN ARRAY[s.first_reviewer, s.second_reviewer, s.approver]
            WHEN 'prepayment' THEN ARRAY[q.prepared_by, q.approver] ELSE ARRAY[d.prepared_by, d.approver] END,
          y.kind = 'prepayment' AND EXISTS (SELECT FROM statement_line l JOIN provider_statement t ON t.number = l.statement AND t.state <> 'rejected' WHERE l.kind = 'offset' AND l.reference = $2 || lpad(y.subject::text, 12, '0'))
        FROM provider_payment y JOIN payment_file p ON p.number = y.file LEFT JOIN provider_statement s ON y.kind = 'statement' AND s.number = y.subject
          LEFT JOIN provider_prepayment q ON y.kind = 'prepayment' AND q.number = y.subject LEFT JOIN deposit_return d ON y.kind = 'deposit' AND d.number = y.subject
        WHERE y.number = ANY($1) ORDER BY y.number FOR UPDATE OF y
        """;

    /// <summary>In order: who, the file's form; the same file before.</summary>
    public static async Task<Outcome<Result>> Execute(RunPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.RecordedBy, "recorded_by") is { } nobody) return nobody;
        if (BankReturnText.Read(order.Content, calendar.Today) is not { } lines) return ProviderMoneyRefusals.ContentInvalid;
        var (county, sha256) = (place.Tenant.Code, SHA256.HashData(Encoding.UTF8.GetBytes(order.Content!.TrimStart('\uFEFF'))));
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await Add(connection, transaction, sha256, order.RecordedBy!.Trim(), calendar.UtcNow, cancellation) is not { } number) return await Count(connection, transaction, sha256, cancellation);

        var payments = await Payments(connection, transaction, county, lines, cancellation);
        var outcomes = new List<(BankReturnLine Line, long? Payment, string Outcome)>(lines.Count);
        var vouchers = new List<Voucher>();
        foreach (var line in lines)
        {
            var payment = line.Malformed ? null : CountyNumber.Parse(county, CountyNumber.Payment, line.PaymentNo) is { } no ? payments.GetValueOrDefault(no) : null;
            var outcome = line.Malformed ? "malformed" : payment is null ? "unknown_payment" : line.Amount.Value != payment.AmountFen ? "amount_differs" : Decide(payment, line);
            outcomes.Add((line, payment?.Number, outcome));
            if (outcome is not ("paid" or "returned")) continue;
            if (outcome == "paid" || payment!.State == "paid") vouchers.Add(Book(payment!, county, line, outcome));
            (payment!.State, payment.Line) = (outcome, line);
        }
        await Write(connection, transaction, number, outcomes, payments.Values, order.RecordedBy!.Trim(), county, calendar.UtcNow, cancellation);
        if (vouchers.Count > 0)
        {
            var head = await LedgerHead.Lock(connection, transaction, cancellation);
            var today = head.OpenDay(calendar.Today);
            await PostVouchers.Run(connection, transaction, county, head, [.. vouchers.Select(v => (v with { EffectiveOn = v.EffectiveOn < today ? v.EffectiveOn : today }, today))], cancellation);
        }
        var result = await Count(connection, transaction, sha256, cancellation);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    private static string Decide(Payment payment, BankReturnLine line) => (payment.State, line.Paid) switch
    {
        ("sent", true) => "paid",
        ("sent", false) => "returned",
        ("paid", true) or ("returned", false) => "same",
        ("paid", false) => payment.IsOffset ? "offset_already" : "returned",
        _ => "contradicts",
    };

    private static Voucher Book(Payment payment, string county, BankReturnLine line, string outcome)
    {
        var back = outcome == "returned";
        var owed = payment.Kind == "prepayment" ? LedgerPurposes.ProviderPrepayment : SettlementEntries.ProviderPayable;
        var entries = payment.Funds.SelectMany(f => (LedgerEntry[])
        [
            new(new(owed, f.Fund, county, payment.FixmedinsCode), back ? -f.Fen : f.Fen),
            new(new(LedgerPurposes.ExpenditureAccount, f.Fund, county, ""), back ? f.Fen : -f.Fen),
        ]).ToList();
        var no = CountyNumber.Of(county, CountyNumber.Payment, payment.Number);
        return new Voucher(payment.Kind == "prepayment" ? "prepayment" : "provider_payment", back ? no + "R" : no, line.Day, 0, back ? $"银行退回：{line.Reason}" : line.Reference, [.. payment.ActedBefore, payment.PreparedBy], entries);
    }

    /// <returns>Null: the file was recorded before.</returns>
    private static async Task<long?> Add(NpgsqlConnection connection, NpgsqlTransaction transaction, byte[] sha256, string by, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand("INSERT INTO bank_return (sha256, recorded_by, recorded_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING number", connection, transaction)
        {
            Parameters = { new() { Value = sha256 }, new() { Value = by }, new() { Value = now.UtcDateTime } },
        };
        return await insert.ExecuteScalarAsync(cancellation) as long?;
    }

    /// <summary>Those of the lines, held until the transaction ends, with their funds.</summary>
    private static async Task<Dictionary<long, Payment>> Payments(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, List<BankReturnLine> lines, CancellationToken cancellation)
    {
        long[] numbers = [.. lines.Select(l => CountyNumber.Parse(county, CountyNumber.Payment, l.PaymentNo)).OfType<long>().Distinct()];
        var payments = new Dictionary<long, Payment>();
        await using (var command = new NpgsqlCommand(Find, connection, transaction) { Parameters = { new() { Value = numbers }, new() { Value = county + CountyNumber.Prepayment } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                payments.Add(reader.GetInt64(0), new Payment(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt64(4), reader.GetString(6), reader.GetFieldValue<string[]>(7), reader.GetBoolean(8))
                {
                    State = reader.GetString(5),
                });
        await using (var command = new NpgsqlCommand("SELECT payment, fund, amount_fen FROM provider_payment_fund WHERE payment = ANY($1) ORDER BY payment, fund", connection, transaction) { Parameters = { new() { Value = numbers } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) payments[reader.GetInt64(0)].Funds.Add((reader.GetString(1), reader.GetInt64(2)));
        return payments;
    }

    private static async Task Write(NpgsqlConnection connection, NpgsqlTransaction transaction, long number, List<(BankReturnLine Line, long? Payment, string Outcome)> outcomes, IEnumerable<Payment> payments, string by, string county,
        DateTimeOffset now, CancellationToken cancellation)
    {
        List<Payment> changed = [.. payments.Where(p => p.Line.LineNo > 0)];
        await using var batch = new NpgsqlBatch(connection, transaction);
        var lines = new SetInsert().Int(outcomes, o => o.Line.LineNo).Text(outcomes, o => o.Line.Text).Column(outcomes, NpgsqlTypes.NpgsqlDbType.Bigint, o => o.Payment).Text(outcomes, o => o.Outcome)
            .Command("INSERT INTO bank_return_line (line_no, line, payment, outcome, bank_return) SELECT *, $5 FROM {unnest}");
        lines.Parameters.Add(new NpgsqlParameter { Value = number });
        batch.BatchCommands.Add(lines);
        if (changed.Count > 0)
        {
            var update = new SetInsert().Bigint(changed, p => p.Number).Text(changed, p => p.State).Date(changed, p => p.State == "paid" ? p.Line.Day : null).Text(changed, p => p.Line.Reference).Text(changed, p => p.Line.Reason)
                .Command("""
                    UPDATE provider_payment y SET state = n.state, paid_on = coalesce(n.paid_on, y.paid_on), bank_reference = n.reference, reason = n.reason, changed_at = $6
                    FROM {unnest} AS n (number, state, paid_on, reference, reason) WHERE y.number = n.number
                    """);
            update.Parameters.Add(new NpgsqlParameter { Value = now.UtcDateTime });
            batch.BatchCommands.Add(update);
            long[] Of(string kind, string state) => [.. changed.Where(p => p.Kind == kind && p.State == state).Select(p => p.Subject)];
            batch.BatchCommands.Add(new("UPDATE provider_statement s SET state = 'paid', changed_at = $2, payer = p.prepared_by FROM provider_payment y JOIN payment_file p ON p.number = y.file WHERE s.number = ANY($1) AND y.kind = 'statement' AND y.subject = s.number AND y.state = 'paid'")
            {
                Parameters = { new() { Value = Of("statement", "paid") }, new() { Value = now.UtcDateTime } },
            });
            batch.BatchCommands.Add(new("UPDATE provider_statement SET state = 'approved', changed_at = $2, payer = '' WHERE number = ANY($1)") { Parameters = { new() { Value = Of("statement", "returned") }, new() { Value = now.UtcDateTime } } });
            batch.BatchCommands.Add(new("UPDATE provider_prepayment SET paid = true WHERE number = ANY($1)") { Parameters = { new() { Value = Of("prepayment", "paid") } } });
            batch.BatchCommands.Add(new("UPDATE provider_prepayment SET paid = false WHERE number = ANY($1)") { Parameters = { new() { Value = Of("prepayment", "returned") } } });
        }
        await batch.ExecuteNonQueryAsync(cancellation);
        await ProviderActs.Write(connection, transaction, [.. changed.Select(p => new ProviderActs.Act(PayableSubject.NumberOf(county, p.Kind, p.Subject), p.State == "paid" ? "paid" : "payment_returned", by, now,
            $"{CountyNumber.Of(county, CountyNumber.Payment, p.Number)} {p.Line.Reference} {p.Line.Reason}".TrimEnd()))], cancellation);
    }

    private static async Task<Result> Count(NpgsqlConnection connection, NpgsqlTransaction transaction, byte[] sha256, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT encode(b.sha256, 'hex'), count(*)::int, (count(*) FILTER (WHERE outcome = 'paid'))::int, (count(*) FILTER (WHERE outcome = 'returned'))::int, (count(*) FILTER (WHERE outcome = 'same'))::int,
              (count(*) FILTER (WHERE outcome NOT IN ('paid', 'returned', 'same') AND resolved_by = ''))::int
            FROM bank_return b JOIN bank_return_line l ON l.bank_return = b.number WHERE b.sha256 = $1 GROUP BY b.number
            """, connection, transaction) { Parameters = { new() { Value = sha256 } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Result(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5));
    }
}
