using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Payments;

/// <summary>The end of a cashier's day: the counted cash is what was taken, or somebody says why not and another approves. Afterwards nothing is taken on it.</summary>
internal static class CloseCounter
{
    internal sealed record Order(string? Cashier, string? Day, string? Counted, string? Explanation, string? Approver);

    internal sealed record Closing(string Cashier, string Day, long Payments, string Taken, string Counted, string Explanation, string Approver, string ClosedAt);

    public static async Task<Outcome<Closing>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.Cashier, "cashier") is { } nobody) return nobody;
        if (!PaymentTexts.IsPastDay(order.Day, calendar.Today, out var day)) return PaymentRefusals.DayInvalid;
        // A day without money is closed with nothing counted.
        if (order.Counted is null || !Fen.TryParseYuan(order.Counted, out var counted) || counted.IsNegative) return PaymentRefusals.AmountInvalid.At("counted");
        var cashier = order.Cashier!.Trim();

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await Lock(connection, transaction, cashier, day, exclusive: true, cancellation);
        if (await Find(connection, transaction, cashier, day, cancellation) is { } closed) return closed.Counted == counted.ToString() ? closed : PaymentRefusals.DayClosed;
        long payments, taken;
        await using (var sum = new NpgsqlCommand("SELECT count(*), coalesce(sum(amount_fen), 0)::bigint FROM payment WHERE channel = 'counter' AND taken_by = $1 AND value_on = $2", connection, transaction) { Parameters = { new() { Value = cashier }, new() { Value = day } } })
        await using (var reader = await sum.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            (payments, taken) = (reader.GetInt64(0), reader.GetInt64(1));
        }
        if (taken != counted.Value)
        {
            if (RequestTexts.NoReason(order.Explanation) is not null || string.IsNullOrWhiteSpace(order.Approver)) return PaymentRefusals.CashDiffers;
            if (TwoPeople.Check(cashier, "cashier", order.Approver) is { } unfit) return unfit;
        }
        await using (var insert = new NpgsqlCommand("INSERT INTO counter_closing (cashier, day_on, payments, taken_fen, counted_fen, explanation, approver, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", connection, transaction)
        {
            Parameters =
            {
                new() { Value = cashier }, new() { Value = day }, new() { Value = payments }, new() { Value = taken }, new() { Value = counted.Value }, new() { Value = order.Explanation?.Trim() ?? "" },
                new() { Value = order.Approver?.Trim() ?? "" }, new() { Value = calendar.UtcNow.UtcDateTime },
            },
        })
            await insert.ExecuteNonQueryAsync(cancellation);
        var result = (await Find(connection, transaction, cashier, day, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return result;
    }

    /// <summary>Who takes money holds it shared: a closing waits for them, and they for it.</summary>
    public static async Task Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string cashier, DateOnly day, bool exclusive, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock{(exclusive ? "" : "_shared")}(hashtextextended('counter ' || $1, $2))", connection, transaction)
        {
            Parameters = { new() { Value = cashier.Trim() }, new() { Value = (long)day.DayNumber } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<bool> IsClosed(NpgsqlConnection connection, NpgsqlTransaction transaction, string cashier, DateOnly day, CancellationToken cancellation) =>
        await Find(connection, transaction, cashier, day, cancellation) is not null;

    public static async Task<List<Closing>> List(NpgsqlDataSource database, DateOnly day, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Read(connection, null, "day_on = $1 ORDER BY cashier", [day], cancellation);
    }

    private static async Task<Closing?> Find(NpgsqlConnection connection, NpgsqlTransaction transaction, string cashier, DateOnly day, CancellationToken cancellation) =>
        (await Read(connection, transaction, "cashier = $1 AND day_on = $2", [cashier, day], cancellation)).SingleOrDefault();

    private static async Task<List<Closing>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT cashier, day_on, payments, taken_fen, counted_fen, explanation, approver, closed_at FROM counter_closing WHERE {where}", connection, transaction);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var closings = new List<Closing>();
        while (await reader.ReadAsync(cancellation))
            closings.Add(new Closing(reader.GetString(0), BillingJson.Day(reader.GetFieldValue<DateOnly>(1)), reader.GetInt64(2), BillingJson.Yuan(reader.GetInt64(3)), BillingJson.Yuan(reader.GetInt64(4)),
                reader.GetString(5), reader.GetString(6), BillingJson.Time(reader.GetDateTime(7))));
        return closings;
    }
}
