using MedInsure.Billing.Bills;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Flexible;

/// <summary>A flexible worker pays several months at the counter at once, a quarter or the rest of the year: exactly what they owe, or none of it is taken. One month goes by any channel.</summary>
internal static class TakeFlexiblePayment
{
    /// <param name="Amount">The cash, yuan: what the months owe together.</param>
    internal sealed record Order(string? RequestKey, string? PsnNo, string? Insutype, IReadOnlyList<int>? Months, string? Amount, string? Payer, string? Cashier);

    private const int MonthsMax = 12;

    public static async Task<Outcome<PaymentBook.Payment>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (TwoPeople.Name(order.Cashier, "cashier") is { } nobody) return nobody;
        if (TwoPeople.Name(order.Payer, "payer") is not null) return PaymentRefusals.PayerMissing;
        if (!RequestTexts.IsText(order.PsnNo, 40)) return Refusals.NumberMissing;
        if (!RequestTexts.IsText(order.Insutype, 10)) return Refusals.SchemeMissing;
        if (order.Months is not { Count: > 0 and <= MonthsMax } months || !months.All(Month.IsMonth) || months.Distinct().Count() != months.Count) return BillRefusals.MonthsInvalid;
        if (!PaymentTexts.IsAmount(order.Amount, out var amount)) return PaymentRefusals.AmountInvalid;

        var today = calendar.Today;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await CloseCounter.Lock(connection, transaction, order.Cashier!, today, exclusive: false, cancellation);
        // A request that came before is answered from its payment: by now the months owe nothing.
        var lines = await Before(connection, transaction, order, cancellation);
        if (lines.Count == 0)
        {
            var owed = await OwedYears.Lock(connection, transaction, months.Order().Select(m => (order.PsnNo!, order.Insutype!, m)), cancellation);
            if (owed.Values.Any(o => !o.IsAssessed)) return BillRefusals.FlexibleUnknown;
            if (owed.Values.Any(o => o.PaidFen >= o.DueFen)) return PaymentRefusals.PaidAlready.At("months");
            lines = [.. owed.OrderBy(o => o.Key.Year).Select(o => new PaidLine(order.PsnNo!, order.Insutype!, o.Key.Year, o.Value.DueFen - o.Value.PaidFen))];
            if (lines.Sum(l => l.AmountFen) != amount) return PaymentRefusals.WrongAmount;
        }
        return await TakeCounterPayment.Book(database, connection, transaction, new Received("counter", order.RequestKey!, amount, today, order.Payer!.Trim(), order.Cashier!.Trim(), lines), calendar, cancellation);
    }

    private static async Task<List<PaidLine>> Before(NpgsqlConnection connection, NpgsqlTransaction transaction, Order order, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT a.psn_no, a.insutype, a.year, a.amount_fen FROM payment p JOIN allocation a USING (payment_no) WHERE p.channel = 'counter' AND p.reference = $1 AND a.cause = 'payment'
              AND a.psn_no = $2 AND a.insutype = $3 AND a.year = ANY ($4) ORDER BY a.year
            """, connection, transaction) { Parameters = { new() { Value = order.RequestKey }, new() { Value = order.PsnNo }, new() { Value = order.Insutype }, new() { Value = order.Months!.ToArray() } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var lines = new List<PaidLine>();
        while (await reader.ReadAsync(cancellation)) lines.Add(new PaidLine(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt64(3)));
        return lines;
    }
}
