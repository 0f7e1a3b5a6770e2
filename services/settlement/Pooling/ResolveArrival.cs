using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>Two people say what an unmatched arrival is: another transfer's money, or money that went back.</summary>
internal static class ResolveArrival
{
    /// <param name="Number">Whose money it is; empty: it went back.</param>
    internal sealed record Order(string? Number, string? Reason, string? PreparedBy, string? Approver);

    /// <summary>In order: who, the reason, the arrival, settled before, that it is this transfer's to the fen.</summary>
    public static async Task<Outcome<FundArrival>> Execute(LedgerPlace place, string bankReference, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsReason(order.Reason)) return PoolRefusals.ReasonMissing;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        if ((await FundArrival.Read(connection, transaction, "WHERE bank_reference = $1", cancellation, bankReference)).SingleOrDefault() is not { } arrival) return PoolRefusals.ArrivalUnknown;
        if (arrival.State != FundArrival.Unmatched) return PoolRefusals.ArrivalSettled;
        arrival = arrival with { ResolvedBy = [order.PreparedBy!.Trim(), order.Approver!.Trim()], Resolution = order.Reason!.Trim() };
        if (string.IsNullOrEmpty(order.Number)) arrival = await (arrival with { State = FundArrival.Returned }).GiveBack(connection, transaction, place.Tenant, head, calendar, cancellation);
        else
        {
            var move = await FundMove.Find(connection, transaction, order.Number, cancellation);
            if (FundArrival.Judge(move, arrival.AmountFen).Length > 0) return PoolRefusals.ArrivalDoesNotMatch;
            arrival = await arrival.Match(connection, transaction, place.Tenant, head, move!, inSuspense: true, calendar, cancellation);
        }
        await transaction.CommitAsync(cancellation);
        return arrival;
    }
}
