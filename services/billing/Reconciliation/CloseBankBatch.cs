using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Reconciliation;

/// <summary>
/// Two people close a batch that its bank never answered: whoever is in it may be asked for again. Should the bank answer after all, its money is booked to who still
/// owes it, and else lies in suspense.
/// </summary>
internal static class CloseBankBatch
{
    internal sealed record Order(string? ClosedBy, string? Approver, string? Reason);

    public static async Task<Outcome<MakeBankBatch.Batch>> Execute(NpgsqlDataSource database, long batchNo, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (TwoPeople.Check(order.ClosedBy, "closed_by", order.Approver) is { } unfit) return unfit;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // A return file that comes at the same time goes first, or finds it closed.
        await using (var hold = new NpgsqlCommand("SELECT FROM bank_batch WHERE batch_no = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = batchNo } } })
            await hold.ExecuteNonQueryAsync(cancellation);
        if (await MakeBankBatch.Find(connection, transaction, "batch_no = $1", batchNo, cancellation) is not { } batch) return BankRefusals.BatchUnknown;
        if (batch.ClosedAt is not null) return batch.ClosingReason == order.Reason ? batch : BankRefusals.BatchClosed;
        if (batch.ReturnedAt is not null) return BankRefusals.BatchReturned;
        await using (var close = new NpgsqlCommand("UPDATE bank_batch SET closed_at = $2, closed_by = $3, closing_approver = $4, closing_reason = $5 WHERE batch_no = $1", connection, transaction)
        {
            Parameters = { new() { Value = batchNo }, new() { Value = calendar.UtcNow.UtcDateTime }, new() { Value = order.ClosedBy!.Trim() }, new() { Value = order.Approver!.Trim() }, new() { Value = order.Reason } },
        })
            await close.ExecuteNonQueryAsync(cancellation);
        batch = (await MakeBankBatch.Find(connection, transaction, "batch_no = $1", batchNo, cancellation))!;
        await transaction.CommitAsync(cancellation);
        return batch;
    }
}
