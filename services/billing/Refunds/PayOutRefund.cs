using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Refunds;

/// <summary>The approved money has left, by the bank's reference.</summary>
internal static class PayOutRefund
{
    internal sealed record Order(string? Reference, string? PaidOn, string? Cashier);

    public static async Task<Outcome<RefundRow>> Execute(NpgsqlDataSource database, long refundNo, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (!RequestTexts.IsText(order.Reference, 64)) return RefundRefusals.ReferenceMissing;
        if (!PaymentTexts.IsPastDay(order.PaidOn, calendar.Today, out var paidOn)) return PaymentRefusals.DayInvalid.At("paid_on");
        if (TwoPeople.Name(order.Cashier, "cashier") is { } nobody) return nobody;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await RefundRow.Find(connection, transaction, "refund_no = $1", refundNo, cancellation) is not { } seen) return RefundRefusals.RefundUnknown;
        await ProposeRefund.LockPayment(connection, transaction, seen.PaymentNo, cancellation);
        var refund = (await RefundRow.Find(connection, transaction, "refund_no = $1", refundNo, cancellation))!;
        if (refund.State == "paid") return (refund.Reference, refund.PaidOn) == (order.Reference, order.PaidOn) ? refund : RefundRefusals.StateForbids;
        if (refund.State != "approved") return RefundRefusals.StateForbids;
        string channel;
        await using (var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                // Its own transaction's row lock holds the payment: what is read here stays.
                new("SELECT channel FROM payment WHERE payment_no = $1") { Parameters = { new() { Value = refund.PaymentNo } } },
                new("UPDATE suspense_item SET left_fen = left_fen - $2, held_fen = held_fen - $2 WHERE suspense_no = $1") { Parameters = { new() { Value = refund.SuspenseNo!.Value }, new() { Value = refund.AmountFen } } },
                new("UPDATE payment SET suspense_fen = suspense_fen - $2, refunded_fen = refunded_fen + $2 WHERE payment_no = $1") { Parameters = { new() { Value = refund.PaymentNo }, new() { Value = refund.AmountFen } } },
                new("UPDATE refund SET state = 'paid', paid_by = $2, paid_on = $3, reference = $4 WHERE refund_no = $1")
                {
                    Parameters = { new() { Value = refundNo }, new() { Value = order.Cashier!.Trim() }, new() { Value = paidOn }, new() { Value = order.Reference } },
                },
            },
        })
        {
            try { channel = (string)(await batch.ExecuteScalarAsync(cancellation))!; }
            catch (PostgresException e) when (e.ConstraintName == "a_reference_pays_out_once") { return RefundRefusals.ReferenceUsed; }
        }
        refund = (await RefundRow.Find(connection, transaction, "refund_no = $1", refundNo, cancellation))!;
        await PostIncome.Run(connection, transaction, [IncomePosting.Suspense(-refund.AmountFen, paidOn, channel, order.Reference!)], calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return refund;
    }
}
