using MedInsure.Billing.Bills;
using MedInsure.Billing.Incomes;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Payments;

/// <summary>Somebody finds out whose money an item is: exactly what that person owes is taken from it, as of the day on which the money came. The rest stays.</summary>
internal static class AllocateSuspense
{
    internal sealed record Order(string? RequestKey, string? PsnNo, string? Insutype, int Year, string? Amount, string? Reason, string? DecidedBy);

    internal sealed record Decision(string RequestKey, long SuspenseNo, string PsnNo, string Insutype, int Year, string Amount, long ReceiptNo, string Reason, string DecidedBy, string DecidedAt);

    public static async Task<Outcome<Decision>> Execute(NpgsqlDataSource database, long suspenseNo, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!RequestTexts.IsText(order.PsnNo, 40)) return Refusals.NumberMissing;
        if (!RequestTexts.IsText(order.Insutype, 10)) return Refusals.SchemeMissing;
        if (!Month.IsPeriod(order.Year)) return Refusals.YearInvalid;
        if (!PaymentTexts.IsAmount(order.Amount, out var amount)) return PaymentRefusals.AmountInvalid;
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (TwoPeople.Name(order.DecidedBy, "decided_by") is { } nobody) return nobody;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await OwedYears.LockYears(connection, transaction, [(order.Insutype!, order.Year)], cancellation);
        if (await Lock(connection, transaction, suspenseNo, cancellation) is not { } item) return PaymentRefusals.SuspenseUnknown;
        if (await Known(connection, transaction, order.RequestKey!, cancellation) is { } known)
            return (known.SuspenseNo, known.PsnNo, known.Insutype, known.Year, known.Amount) == (suspenseNo, order.PsnNo, order.Insutype, order.Year, BillingJson.Yuan(amount)) ? known : Refusals.RequestKeyReused;
        if (amount > item.FreeFen) return PaymentRefusals.SuspenseSpent;
        var line = new PaidLine(order.PsnNo!, order.Insutype!, order.Year, amount);
        var owed = (await OwedYears.Lock(connection, transaction, [(line.PsnNo, line.Insutype, line.Year)], cancellation))[(line.PsnNo, line.Insutype, line.Year)];
        var (refusal, window) = JudgePayment.Judge(owed, amount, item.ValueOn, null);
        if (refusal is not null) return refusal;

        var incomes = new List<IncomePosting> { IncomePosting.Suspense(-amount, item.ValueOn, item.Channel) };
        var postings = new Postings(incomes);
        postings.Allocate(item.PaymentNo, line, order.DecidedBy!.Trim(), "suspense", item.Channel, item.ValueOn, window);
        await using (var take = new NpgsqlCommand("UPDATE suspense_item SET left_fen = left_fen - $2 WHERE suspense_no = $1", connection, transaction) { Parameters = { new() { Value = suspenseNo }, new() { Value = amount } } })
            await take.ExecuteNonQueryAsync(cancellation);
        var receiptNo = (await postings.Write(connection, transaction, calendar.UtcNow, cancellation))[item.PaymentNo];
        try
        {
            await using var insert = new NpgsqlCommand("INSERT INTO suspense_decision (request_key, suspense_no, psn_no, insutype, year, amount_fen, receipt_no, reason, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", connection, transaction)
            {
                Parameters =
                {
                    new() { Value = order.RequestKey }, new() { Value = suspenseNo }, new() { Value = line.PsnNo }, new() { Value = line.Insutype }, new() { Value = line.Year }, new() { Value = amount }, new() { Value = receiptNo },
                    new() { Value = order.Reason }, new() { Value = order.DecidedBy!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime },
                },
            };
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        // The same key for another item at the same time.
        catch (PostgresException e) when (e.ConstraintName == "suspense_decision_pkey") { return Refusals.RequestKeyReused; }
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        var decision = (await Known(connection, transaction, order.RequestKey!, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return decision;
    }

    /// <summary>An item and its payment, held until the transaction ends: the payment first, as everybody who moves its money does.</summary>
    /// <param name="FreeFen">Left, and not held for a refund.</param>
    internal sealed record Held(long PaymentNo, string Channel, DateOnly ValueOn, long FreeFen);

    public static async Task<Held?> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, long suspenseNo, CancellationToken cancellation)
    {
        await using (var payment = new NpgsqlCommand("SELECT FROM payment WHERE payment_no = (SELECT payment_no FROM suspense_item WHERE suspense_no = $1) FOR UPDATE", connection, transaction) { Parameters = { new() { Value = suspenseNo } } })
            await payment.ExecuteNonQueryAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT s.payment_no, p.channel, p.value_on, s.left_fen - s.held_fen FROM suspense_item s JOIN payment p USING (payment_no) WHERE s.suspense_no = $1", connection, transaction) { Parameters = { new() { Value = suspenseNo } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new Held(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.GetInt64(3)) : null;
    }

    private static async Task<Decision?> Known(NpgsqlConnection connection, NpgsqlTransaction transaction, string requestKey, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT request_key, suspense_no, psn_no, insutype, year, amount_fen, receipt_no, reason, decided_by, decided_at FROM suspense_decision WHERE request_key = $1", connection, transaction)
        {
            Parameters = { new() { Value = requestKey } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Decision(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), BillingJson.Yuan(reader.GetInt64(5)), reader.GetInt64(6), reader.GetString(7), reader.GetString(8),
                BillingJson.Time(reader.GetDateTime(9)))
            : null;
    }
}
