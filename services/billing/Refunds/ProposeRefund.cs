using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Refunds;

/// <summary>Somebody proposes that money goes back. What lies in suspense is held for it at once; what is a person's stays so until another approves.</summary>
internal static class ProposeRefund
{
    /// <param name="SuspenseNo">Or the payment with person, scheme and year.</param>
    /// <param name="Payee">Who gets it, with the account.</param>
    internal sealed record Order(string? RequestKey, long? SuspenseNo, long? PaymentNo, string? PsnNo, string? Insutype, int Year, string? Amount, string? Cause, string? Reason, string? Payee, string? ProposedBy);

    private static readonly string[] Causes = ["duplicate", "death", "overpaid", "withdrawn", "unknown"];
    private const int PayeeMax = 200;

    public static async Task<Outcome<RefundRow>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!PaymentTexts.IsAmount(order.Amount, out var amount)) return PaymentRefusals.AmountInvalid;
        if (!Causes.Contains(order.Cause)) return RefundRefusals.CauseUnknown;
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (!RequestTexts.IsText(order.Payee, PayeeMax)) return PaymentRefusals.PayerMissing.At("payee");
        if (TwoPeople.Name(order.ProposedBy, "proposed_by") is { } nobody) return nobody;
        var ofPerson = order.SuspenseNo is null;
        if (ofPerson && (order.PaymentNo is null || !RequestTexts.IsText(order.PsnNo, 40) || !RequestTexts.IsText(order.Insutype, 10))) return RefundRefusals.SourceMissing;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        long paymentNo;
        if (ofPerson)
        {
            paymentNo = order.PaymentNo!.Value;
            if (!await LockPayment(connection, transaction, paymentNo, cancellation)) return PaymentRefusals.PaymentUnknown;
        }
        else if (await AllocateSuspense.Lock(connection, transaction, order.SuspenseNo!.Value, cancellation) is { } item) paymentNo = item.PaymentNo;
        else return PaymentRefusals.SuspenseUnknown;

        if (await RefundRow.Find(connection, transaction, "request_key = $1", order.RequestKey!, cancellation) is { } known)
            return (known.PaymentNo, known.Amount, known.Cause, known.Payee, known.PsnNo) == (paymentNo, BillingJson.Yuan(amount), order.Cause, order.Payee, ofPerson ? order.PsnNo : "") ? known : Refusals.RequestKeyReused;
        if (ofPerson)
        {
            if (await Refundable(connection, transaction, paymentNo, order.PsnNo!, order.Insutype!, order.Year, order.Cause!, cancellation) < amount) return RefundRefusals.NotRefundable;
        }
        else
        {
            await using var hold = new NpgsqlCommand("UPDATE suspense_item SET held_fen = held_fen + $2 WHERE suspense_no = $1 AND left_fen - held_fen >= $2", connection, transaction) { Parameters = { new() { Value = order.SuspenseNo!.Value }, new() { Value = amount } } };
            if (await hold.ExecuteNonQueryAsync(cancellation) == 0) return PaymentRefusals.SuspenseSpent;
        }
        try
        {
            await using var insert = new NpgsqlCommand("""
                INSERT INTO refund (request_key, payment_no, suspense_no, psn_no, insutype, year, amount_fen, cause, reason, payee, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """, connection, transaction)
            {
                Parameters =
                {
                    new() { Value = order.RequestKey }, new() { Value = paymentNo }, new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint, Value = (object?)order.SuspenseNo ?? DBNull.Value }, new() { Value = ofPerson ? order.PsnNo : "" },
                    new() { Value = ofPerson ? order.Insutype : "" }, new() { Value = ofPerson ? order.Year : 0 }, new() { Value = amount }, new() { Value = order.Cause }, new() { Value = order.Reason }, new() { Value = order.Payee },
                    new() { Value = order.ProposedBy!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime },
                },
            };
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        // The same key for another payment's money at the same time.
        catch (PostgresException e) when (e.ConstraintName == "a_request_refunds_once") { return Refusals.RequestKeyReused; }
        var refund = (await RefundRow.Find(connection, transaction, "request_key = $1", order.RequestKey!, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return refund;
    }

    /// <summary>Whoever moves a payment's money holds its row first.</summary>
    internal static async Task<bool> LockPayment(NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT payment_no FROM payment WHERE payment_no = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = paymentNo } } };
        return await command.ExecuteScalarAsync(cancellation) is not null;
    }

    /// <summary>How much of what a payment brought for a person's year may go back: what the year holds beyond its due; of the dead before the year or month began, all of it.
    /// Refunds already under way are taken off. Holds the assessment.</summary>
    internal static async Task<long> Refundable(NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentNo, string psnNo, string insutype, int year, string cause, CancellationToken cancellation, long exceptRefund = 0)
    {
        await using (var hold = new NpgsqlCommand("SELECT FROM assessment WHERE psn_no = $1 AND insutype = $2 AND year = $3 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = psnNo }, new() { Value = insutype }, new() { Value = year } } })
            await hold.ExecuteNonQueryAsync(cancellation);
        await using var command = new NpgsqlCommand("""
            SELECT a.paid_fen, a.due_fen, a.withdrawn, p.died_on < CASE WHEN $3 > 9999 THEN make_date($3 / 100, $3 % 100, 1) ELSE make_date($3, 1, 1) END,
                coalesce((SELECT sum(amount_fen) FROM allocation l WHERE l.payment_no = $4 AND l.psn_no = $1 AND l.insutype = $2 AND l.year = $3), 0)::bigint,
                coalesce((SELECT sum(amount_fen) FROM refund r WHERE r.psn_no = $1 AND r.insutype = $2 AND r.year = $3 AND r.payment_no = $4 AND r.state = 'proposed' AND r.refund_no <> $5), 0)::bigint,
                coalesce((SELECT sum(amount_fen) FROM refund r WHERE r.psn_no = $1 AND r.insutype = $2 AND r.year = $3 AND r.state = 'proposed' AND r.refund_no <> $5), 0)::bigint
            FROM assessment a LEFT JOIN insured_person p USING (psn_no) WHERE a.psn_no = $1 AND a.insutype = $2 AND a.year = $3
            """, connection, transaction)
        {
            Parameters = { new() { Value = psnNo }, new() { Value = insutype }, new() { Value = year }, new() { Value = paymentNo }, new() { Value = exceptRefund } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return 0;
        var (paid, due, withdrawn, diedBefore) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2), !reader.IsDBNull(3) && reader.GetBoolean(3));
        var free = cause switch
        {
            "death" => diedBefore ? paid : 0,
            "withdrawn" => withdrawn ? paid : 0,
            _ => paid - due,
        };
        return Math.Min(free - reader.GetInt64(6), reader.GetInt64(4) - reader.GetInt64(5));
    }
}
