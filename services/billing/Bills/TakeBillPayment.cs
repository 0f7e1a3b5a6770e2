using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Bills;

/// <summary>
/// Money of an employer, of a person who buys missing months, or of another area, as a bank's advice tells of it: once by channel and reference. It pays whole bills,
/// the oldest first; what does not cover the next one waits in suspense under the payer's number.
/// </summary>
internal static class TakeBillPayment
{
    /// <param name="Channel">bank-… or online-…, as in the statements that it is compared with.</param>
    /// <param name="PayerNo">An employer's number; person:… of who buys months or whose account comes.</param>
    internal sealed record Order(string? Channel, string? Reference, string? PayerNo, string? Amount, string? ValueDate, string? RecordedBy);

    public static async Task<Outcome<PaymentBook.Payment>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (order.Channel?.Split('-') is not ["bank" or "online", var code] || !PaymentTexts.IsChannel(code)) return PaymentRefusals.ChannelInvalid;
        if (RequestTexts.NoReference(order.Reference) is { } noReference) return noReference;
        if (!RequestTexts.IsText(order.PayerNo, 40)) return BillRefusals.PayerUnknown;
        if (!PaymentTexts.IsAmount(order.Amount, out var amount)) return PaymentRefusals.AmountInvalid;
        if (!PaymentTexts.IsPastDay(order.ValueDate, calendar.Today, out var valueOn)) return PaymentRefusals.DayInvalid.At("value_date");
        if (TwoPeople.Name(order.RecordedBy, "recorded_by") is { } nobody) return nobody;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await SettleBills.Lock(connection, transaction, [order.PayerNo!], cancellation);
        if (await NameOf(connection, transaction, order.PayerNo!, cancellation) is not { } payer) return BillRefusals.PayerUnknown;
        var incomes = new List<IncomePosting>();
        var received = new Received(order.Channel!, order.Reference!, amount, valueOn, payer, order.RecordedBy!.Trim(), [], "bill.money_waits");
        var booked = (await ReceivePayments.Run(connection, transaction, [received], moved: true, incomes, calendar.UtcNow, cancellation)).Value[0];
        if (booked.Differs) return PaymentRefusals.ReferenceReused;
        // A statement may have told of it before, for nobody in particular.
        await using (var name = new NpgsqlCommand("UPDATE suspense_item SET payer_no = $2 WHERE payment_no = $1 AND payer_no = '' AND psn_no = '' AND held_fen = 0 AND left_fen = amount_fen AND amount_fen = $3", connection, transaction)
        {
            Parameters = { new() { Value = booked.PaymentNo }, new() { Value = order.PayerNo }, new() { Value = amount } },
        })
            if (await name.ExecuteNonQueryAsync(cancellation) == 0 && !await IsOf(connection, transaction, booked.PaymentNo, order.PayerNo!, cancellation)) return PaymentRefusals.ReferenceReused;
        await SettleBills.Run(connection, transaction, [order.PayerNo!], order.RecordedBy!.Trim(), incomes, calendar, cancellation);
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return (await PaymentBook.Find(database, booked.PaymentNo, cancellation))!;
    }

    /// <returns>The name of an employer, or the number of whoever else has a bill; null: nobody.</returns>
    internal static async Task<string?> NameOf(NpgsqlConnection connection, NpgsqlTransaction? transaction, string payerNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce((SELECT employer_name FROM employer WHERE employer_no = $1), (SELECT payer_no FROM bill WHERE payer_no = $1 LIMIT 1))", connection, transaction) { Parameters = { new() { Value = payerNo } } };
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    /// <summary>The same money again: it waits under this payer's number, or paid its bills.</summary>
    private static async Task<bool> IsOf(NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentNo, string payerNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT EXISTS (SELECT FROM suspense_item WHERE payment_no = $1 AND payer_no = $2) OR EXISTS (SELECT FROM allocation a JOIN bill_settlement s USING (settlement_no) WHERE a.payment_no = $1 AND s.payer_no = $2)
            """, connection, transaction) { Parameters = { new() { Value = paymentNo }, new() { Value = payerNo } } };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
