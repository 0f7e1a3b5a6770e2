using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Payments;

/// <summary>What an online channel is to collect: the order's number goes to it, and comes back in its callback. It reserves nothing: who is paid for first, is.</summary>
internal static class OrderOnlinePayment
{
    internal sealed record Order(string? RequestKey, string? Channel, string? Insutype, int Year, string? Payer, IReadOnlyList<TakeCounterPayment.OrderLine>? Persons);

    internal sealed record Placed(long OrderNo, string Channel, string Amount, string OrderedAt);

    public static async Task<Outcome<Placed>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!PaymentTexts.IsChannel(order.Channel)) return PaymentRefusals.ChannelInvalid;
        if (TwoPeople.Name(order.Payer, "payer") is not null) return PaymentRefusals.PayerMissing;
        var read = PaymentTexts.Lines(order.Insutype, order.Year, order.Persons);
        if (read.Refusal is { } unfit) return unfit;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var amount = read.Value.Sum(l => l.AmountFen);
        string[] persons = [.. read.Value.Select(l => l.PsnNo)];
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO online_order (request_key, channel, payer, amount_fen, psn_nos, insutype, year, amounts_fen, ordered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (request_key) DO NOTHING
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = order.RequestKey }, new() { Value = order.Channel }, new() { Value = order.Payer!.Trim() }, new() { Value = amount }, new() { Value = persons }, new() { Value = order.Insutype }, new() { Value = order.Year },
                new() { Value = read.Value.Select(l => l.AmountFen).ToArray() }, new() { Value = calendar.UtcNow.UtcDateTime },
            },
        })
            if (await insert.ExecuteNonQueryAsync(cancellation) == 1)
            {
                // What could not be taken now is not asked for.
                await OwedYears.LockYears(connection, transaction, [(order.Insutype!, order.Year)], cancellation);
                var owed = await OwedYears.Lock(connection, transaction, read.Value.Select(l => (l.PsnNo, l.Insutype, l.Year)), cancellation);
                foreach (var line in read.Value)
                    if (JudgePayment.Judge(owed[(line.PsnNo, line.Insutype, line.Year)], line.AmountFen, calendar.Today, null).Refusal is { } refusal) return refusal;
            }
        Placed placed;
        await using (var known = new NpgsqlCommand("SELECT order_no, channel, amount_fen, ordered_at, psn_nos, insutype, year, amounts_fen FROM online_order WHERE request_key = $1", connection, transaction) { Parameters = { new() { Value = order.RequestKey } } })
        await using (var reader = await known.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            placed = new Placed(reader.GetInt64(0), reader.GetString(1), BillingJson.Yuan(reader.GetInt64(2)), BillingJson.Time(reader.GetDateTime(3)));
            if (placed.Channel != order.Channel || reader.GetString(5) != order.Insutype || reader.GetInt32(6) != order.Year || !reader.GetFieldValue<string[]>(4).SequenceEqual(persons)
                || !reader.GetFieldValue<long[]>(7).SequenceEqual(read.Value.Select(l => l.AmountFen))) return Refusals.RequestKeyReused;
        }
        await transaction.CommitAsync(cancellation);
        return placed;
    }

    /// <returns>Null: the channel has no such order.</returns>
    public static async Task<(string Payer, long AmountFen, IReadOnlyList<PaidLine> Lines)?> Find(NpgsqlConnection connection, NpgsqlTransaction transaction, string channel, long orderNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT payer, amount_fen, psn_nos, insutype, year, amounts_fen FROM online_order WHERE order_no = $1 AND channel = $2", connection, transaction) { Parameters = { new() { Value = orderNo }, new() { Value = channel } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return null;
        var (persons, amounts) = (reader.GetFieldValue<string[]>(2), reader.GetFieldValue<long[]>(5));
        var (insutype, year) = (reader.GetString(3), reader.GetInt32(4));
        return (reader.GetString(0), reader.GetInt64(1), [.. persons.Zip(amounts, (psnNo, fen) => new PaidLine(psnNo, insutype, year, fen))]);
    }
}
