using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Bills;

/// <summary>Somebody finds out which payer's money an item in suspense is: it pays that one's bills as of the day on which it came, or waits for the next.</summary>
internal static class NamePayer
{
    internal sealed record Order(string? PayerNo, string? Reason, string? DecidedBy);

    internal sealed record Named(long SuspenseNo, string PayerNo, string Reason, string DecidedBy, string DecidedAt);

    public static async Task<Outcome<Named>> Execute(NpgsqlDataSource database, long suspenseNo, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (!RequestTexts.IsText(order.PayerNo, 40)) return BillRefusals.PayerUnknown;
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (TwoPeople.Name(order.DecidedBy, "decided_by") is { } nobody) return nobody;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await SettleBills.Lock(connection, transaction, [order.PayerNo!], cancellation);
        if (await TakeBillPayment.NameOf(connection, transaction, order.PayerNo!, cancellation) is null) return BillRefusals.PayerUnknown;
        if (await AllocateSuspense.Lock(connection, transaction, suspenseNo, cancellation) is not { } item) return PaymentRefusals.SuspenseUnknown;
        if (await Find(connection, transaction, suspenseNo, cancellation) is { } known) return known.PayerNo == order.PayerNo ? known : BillRefusals.NotOfPersons;
        if (item.FreeFen == 0) return PaymentRefusals.SuspenseSpent;
        await using (var name = new NpgsqlCommand("UPDATE suspense_item SET payer_no = $2 WHERE suspense_no = $1 AND payer_no = ''", connection, transaction) { Parameters = { new() { Value = suspenseNo }, new() { Value = order.PayerNo } } })
            if (await name.ExecuteNonQueryAsync(cancellation) == 0) return BillRefusals.NotOfPersons;
        await using (var keep = new NpgsqlCommand("INSERT INTO suspense_payer (suspense_no, payer_no, reason, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5)", connection, transaction)
        {
            Parameters = { new() { Value = suspenseNo }, new() { Value = order.PayerNo }, new() { Value = order.Reason }, new() { Value = order.DecidedBy!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime } },
        })
            await keep.ExecuteNonQueryAsync(cancellation);
        var incomes = new List<IncomePosting>();
        await SettleBills.Run(connection, transaction, [order.PayerNo!], order.DecidedBy!.Trim(), incomes, calendar, cancellation);
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        var named = (await Find(connection, transaction, suspenseNo, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return named;
    }

    private static async Task<Named?> Find(NpgsqlConnection connection, NpgsqlTransaction transaction, long suspenseNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT suspense_no, payer_no, reason, decided_by, decided_at FROM suspense_payer WHERE suspense_no = $1", connection, transaction) { Parameters = { new() { Value = suspenseNo } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new Named(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), BillingJson.Time(reader.GetDateTime(4))) : null;
    }
}
