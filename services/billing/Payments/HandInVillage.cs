using MedInsure.Billing.Incomes;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Payments;

/// <summary>
/// A village collector's day: the list of who paid, and the cash. Less cash than listed is refused: whose money is not here is not on the list. More needs a
/// reason and a second person, and lies in suspense; so does the money of who turns out to owe nothing, or something else.
/// </summary>
internal static class HandInVillage
{
    internal sealed record Order(
        string? RequestKey, string? Village, string? Collector, string? Day, string? Insutype, int Year, string? Cash, IReadOnlyList<TakeCounterPayment.OrderLine>? Persons, string? ReceivedBy, string? Explanation, string? Approver);

    internal sealed record HandIn(string Village, string Collector, string Day, int Persons, string Listed, string Explanation, string Approver, PaymentBook.Payment Payment);

    public static async Task<Outcome<HandIn>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!RequestTexts.IsText(order.Village, 20)) return PaymentRefusals.VillageMissing;
        if (TwoPeople.Check(order.Collector, "collector", order.ReceivedBy, "received_by") is { } unfit) return unfit;
        if (!PaymentTexts.IsPastDay(order.Day, calendar.Today, out var day)) return PaymentRefusals.DayInvalid;
        var read = PaymentTexts.Lines(order.Insutype, order.Year, order.Persons);
        if (read.Refusal is { } refusal) return refusal;
        if (!PaymentTexts.IsAmount(order.Cash, out var cash)) return PaymentRefusals.AmountInvalid.At("cash");
        var listed = read.Value.Sum(l => l.AmountFen);
        if (cash < listed) return PaymentRefusals.HandInShort;
        if (cash > listed)
        {
            if (RequestTexts.NoReason(order.Explanation) is not null || string.IsNullOrWhiteSpace(order.Approver)) return PaymentRefusals.HandInOver;
            if (TwoPeople.Check(order.ReceivedBy, "received_by", order.Approver) is { } alone) return alone;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var received = new Received("village", order.RequestKey!, cash, day, $"{order.Village!.Trim()} {order.Collector!.Trim()}", order.ReceivedBy!.Trim(), read.Value, "village.surplus");
        var incomes = new List<IncomePosting>();
        var booked = (await ReceivePayments.Run(connection, transaction, [received], moved: true, incomes, calendar.UtcNow, cancellation)).Value[0];
        if (booked.Differs) return Refusals.RequestKeyReused;
        if (!booked.Repeated)
        {
            await using var insert = new NpgsqlCommand("INSERT INTO village_hand_in (payment_no, village, collector, day_on, persons, listed_fen, cash_fen, explanation, approver) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", connection, transaction)
            {
                Parameters =
                {
                    new() { Value = booked.PaymentNo }, new() { Value = order.Village!.Trim() }, new() { Value = order.Collector!.Trim() }, new() { Value = day }, new() { Value = read.Value.Count }, new() { Value = listed },
                    new() { Value = cash }, new() { Value = order.Explanation?.Trim() ?? "" }, new() { Value = order.Approver?.Trim() ?? "" },
                },
            };
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return (await Read(database, "h.payment_no = $1", booked.PaymentNo, cancellation))[0];
    }

    /// <summary>A day's, by village.</summary>
    public static Task<List<HandIn>> List(NpgsqlDataSource database, DateOnly day, CancellationToken cancellation) => Read(database, "h.day_on = $1", day, cancellation);

    private static async Task<List<HandIn>> Read(NpgsqlDataSource database, string where, object value, CancellationToken cancellation)
    {
        var rows = new List<(long PaymentNo, HandIn HandIn)>();
        await using (var command = database.CreateCommand($"SELECT payment_no, village, collector, day_on, persons, listed_fen, explanation, approver FROM village_hand_in h WHERE {where} ORDER BY village, payment_no"))
        {
            command.Parameters.Add(new() { Value = value });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                rows.Add((reader.GetInt64(0), new HandIn(reader.GetString(1), reader.GetString(2), BillingJson.Day(reader.GetFieldValue<DateOnly>(3)), reader.GetInt32(4), BillingJson.Yuan(reader.GetInt64(5)), reader.GetString(6), reader.GetString(7), null!)));
        }
        var payments = (await PaymentBook.Find(database, [.. rows.Select(r => r.PaymentNo)], cancellation)).ToDictionary(p => p.PaymentNo);
        return rows.ConvertAll(r => r.HandIn with { Payment = payments[r.PaymentNo] });
    }
}
