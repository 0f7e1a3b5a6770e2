using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>Two people of the receiving county confirm that a transfer has arrived; the ledger books it. Asked again with the same day it answers the same.</summary>
internal static class RecordClearingArrival
{
    /// <param name="Amount">Yuan; must be the order's: what arrived short has not arrived.</param>
    /// <param name="ArrivedOn">yyyy-MM-dd, not before the payment, not in the future.</param>
    internal sealed record Order(decimal? Amount, string? ArrivedOn, string? ReceivedBy, string? Approver);

    /// <summary>In order: who, the day's form, the transfer, arrived before, paid, the day, the amount.</summary>
    public static async Task<Outcome<TransferRow>> Execute(LedgerPlace place, string orderNo, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.ReceivedBy, "received_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsDay(order.ArrivedOn, calendar, out var arrivedOn)) return ClearingRefusals.TransferDayInvalid.At("arrived_on");
        var county = place.Tenant.Code;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await TransferRow.Lock(connection, transaction, orderNo, cancellation) is not { } transfer || transfer.Payee != county) return ClearingRefusals.TransferUnknown;
        if (transfer.ArrivedOn is not null) return transfer.ArrivedOn == arrivedOn ? transfer : ClearingRefusals.PaidOtherwise;
        if (transfer.PaidOn is not { } paidOn) return ClearingRefusals.NotPaid;
        if (arrivedOn < paidOn) return ClearingRefusals.TransferDayInvalid.At("arrived_on");
        if (order.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount.Value != transfer.AmountFen) return ClearingRefusals.TransferAmountMismatch;
        string[] people = [order.ReceivedBy!.Trim(), order.Approver!.Trim()];
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        await PostVouchers.Run(connection, transaction, county, head, [(new Voucher(DeliverClearing.Kind, orderNo, arrivedOn, transfer.Month, transfer.Reference, people, transfer.Entries(county)), head.OpenDay(calendar.Today))], cancellation);
        await using (var update = new NpgsqlCommand("UPDATE clearing_transfer SET arrived_on = $2, arrived_by = $3 WHERE order_no = $1", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = orderNo }, new NpgsqlParameter<DateOnly> { TypedValue = arrivedOn }, new NpgsqlParameter<string[]> { TypedValue = people } },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return transfer with { ArrivedOn = arrivedOn, ArrivedBy = people };
    }
}
