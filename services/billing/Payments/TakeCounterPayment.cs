using MedInsure.Billing.Incomes;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Payments;

/// <summary>Cash at the counter, for one person or a household at once: exactly what they owe, or none of it is taken.</summary>
internal static class TakeCounterPayment
{
    /// <param name="Amount">The cash, yuan: the sum of the persons' amounts.</param>
    internal sealed record Order(string? RequestKey, string? Insutype, int Year, string? Amount, string? Payer, string? Cashier, IReadOnlyList<OrderLine>? Persons);

    /// <param name="Who">The kind of person that the payer proves to be, where another window than everyone's is asked for: migrant_worker.</param>
    /// <param name="EventOn">Of the birth, marriage or move, yyyy-MM-dd.</param>
    internal sealed record OrderLine(string? PsnNo, string? Amount, string? Who, string? EventOn);

    public static async Task<Outcome<PaymentBook.Payment>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (TwoPeople.Name(order.Cashier, "cashier") is { } nobody) return nobody;
        if (TwoPeople.Name(order.Payer, "payer") is not null) return PaymentRefusals.PayerMissing;
        var read = PaymentTexts.Lines(order.Insutype, order.Year, order.Persons);
        if (read.Refusal is { } unfit) return unfit;
        if (!PaymentTexts.IsAmount(order.Amount, out var amount)) return PaymentRefusals.AmountInvalid;
        if (read.Value.Sum(l => l.AmountFen) != amount) return PaymentRefusals.SumDiffers;

        var today = calendar.Today;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await CloseCounter.Lock(connection, transaction, order.Cashier!, today, exclusive: false, cancellation);
        var received = new Received("counter", order.RequestKey!, amount, today, order.Payer!.Trim(), order.Cashier!.Trim(), read.Value);
        return await Book(database, connection, transaction, received, calendar, cancellation);
    }

    /// <summary>Cash of today, whole or not at all, in the transaction of whoever holds the cashier's day (<see cref="CloseCounter.Lock"/>); ends it.</summary>
    internal static async Task<Outcome<PaymentBook.Payment>> Book(NpgsqlDataSource database, NpgsqlConnection connection, NpgsqlTransaction transaction, Received received, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var incomes = new List<IncomePosting>();
        var outcome = await ReceivePayments.Run(connection, transaction, [received], moved: false, incomes, calendar.UtcNow, cancellation);
        if (outcome.Refusal is { } refusal) return refusal;
        var booked = outcome.Value[0];
        if (booked.Differs) return Refusals.RequestKeyReused;
        if (!booked.Repeated && await CloseCounter.IsClosed(connection, transaction, received.TakenBy, received.ValueOn, cancellation)) return PaymentRefusals.DayClosed;
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return (await PaymentBook.Find(database, booked.PaymentNo, cancellation))!;
    }
}
