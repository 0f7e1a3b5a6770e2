using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Incomes;

/// <summary>Tells settlement again of incomes that its ledger misses: after its database was set back to an earlier moment, or a message was thrown away. What is booked there stays as it is.</summary>
internal static class RetellIncomes
{
    private const int PartMax = 10_000;

    /// <param name="FromNo">The first number, as GET /ledger/{county} of settlement names it.</param>
    internal sealed record Order(long FromNo, string? AskedBy);

    /// <param name="NextFrom">Where to go on; null: that was the last.</param>
    internal sealed record Told(long FromNo, int Incomes, long? NextFrom);

    public static async Task<Outcome<Told>> Execute(NpgsqlDataSource database, Order order, DateTimeOffset at, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.AskedBy, "asked_by") is { } nobody) return nobody;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // No new income in between: they stay in their order.
        await using (var hold = new NpgsqlCommand("SELECT FROM income_counter FOR UPDATE", connection, transaction)) await hold.ExecuteNonQueryAsync(cancellation);
        var events = new List<OutboxEvent>();
        var last = 0L;
        await using (var command = new NpgsqlCommand("""
            SELECT income_no, source, insutype, period, amount_fen, account_fen, value_on, channel, payer, posting_no, reference FROM income WHERE income_no >= $1 ORDER BY income_no LIMIT $2
            """, connection, transaction) { Parameters = { new() { Value = order.FromNo }, new() { Value = PartMax } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                last = reader.GetInt64(0);
                events.Add(OutboxEvent.Of(PostIncome.Aggregate, new IncomeReceived(last, reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5), DayNumber.Of(reader.GetFieldValue<DateOnly>(6)),
                    reader.GetString(7), reader.GetString(8), reader.GetInt64(9), reader.GetString(10)), at));
            }
        await Outbox.Add(connection, transaction, events, cancellation);
        await transaction.CommitAsync(cancellation);
        return new Told(order.FromNo, events.Count, events.Count == PartMax ? last + 1 : null);
    }
}
