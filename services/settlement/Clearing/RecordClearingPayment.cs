using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>Two people of the paying county record that its bank carried a transfer out, with the bank's reference; the ledger books it. Asked again with the same content it answers the same.</summary>
internal static class RecordClearingPayment
{
    /// <param name="Amount">Yuan; must be the order's.</param>
    /// <param name="PaidOn">yyyy-MM-dd, not in the future.</param>
    internal sealed record Order(decimal? Amount, string? PaidOn, string? Reference, string? PaidBy, string? Approver);

    /// <summary>In order: who, the day, the reference, the transfer, paid before, the amount, the reference used before.</summary>
    public static async Task<Outcome<TransferRow>> Execute(LedgerPlace place, string orderNo, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PaidBy, "paid_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsDay(order.PaidOn, calendar, out var paidOn)) return ClearingRefusals.TransferDayInvalid.At("paid_on");
        if (!CountyDesk.IsReference(order.Reference)) return ClearingRefusals.ReferenceMissing;
        var county = place.Tenant.Code;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await TransferRow.Lock(connection, transaction, orderNo, cancellation) is not { } transfer || transfer.Payer != county) return ClearingRefusals.TransferUnknown;
        if (transfer.PaidOn is not null) return (transfer.PaidOn, transfer.Reference) == (paidOn, order.Reference) ? transfer : ClearingRefusals.PaidOtherwise;
        if (order.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount.Value != transfer.AmountFen) return ClearingRefusals.TransferAmountMismatch;
        string[] people = [order.PaidBy!.Trim(), order.Approver!.Trim()];
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        await PostVouchers.Run(connection, transaction, county, head, [(new Voucher(DeliverClearing.Kind, orderNo, paidOn, transfer.Month, order.Reference!, people, transfer.Entries(county)), head.OpenDay(calendar.Today))], cancellation);
        await using (var update = new NpgsqlCommand("UPDATE clearing_transfer SET paid_on = $2, reference = $3, paid_by = $4 WHERE order_no = $1", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = orderNo }, new NpgsqlParameter<DateOnly> { TypedValue = paidOn }, new NpgsqlParameter<string> { TypedValue = order.Reference! }, new NpgsqlParameter<string[]> { TypedValue = people } },
        })
            try { await update.ExecuteNonQueryAsync(cancellation); }
            catch (PostgresException e) when (e.ConstraintName == "a_bank_reference_pays_one_transfer") { return ClearingRefusals.ReferenceUsed; }
        await transaction.CommitAsync(cancellation);
        return transfer with { PaidOn = paidOn, Reference = order.Reference!, PaidBy = people };
    }
}
