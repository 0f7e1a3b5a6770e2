using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>The receiver (the city of a remittance, a county of an allocation) confirms what its bank reports. What is no announced transfer's to the fen is not lost: it is listed, and suspense in the ledger.</summary>
internal static class ConfirmArrival
{
    /// <param name="Number">The transfer's, as its sender wrote it on the payment.</param>
    /// <param name="Amount">Yuan.</param>
    internal sealed record Order(string? BankReference, string? Number, decimal? Amount, string? ArrivedOn, string? ConfirmedBy);

    /// <summary>In order: who, reference, number, amount, day, the same arrival before, that no sender confirms.</summary>
    public static async Task<Outcome<FundArrival>> Execute(LedgerPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.ConfirmedBy, "confirmed_by") is { } nobody) return nobody;
        if (!CountyDesk.IsReference(order.BankReference)) return PoolRefusals.ReferenceMissing;
        if (order.Number is null || order.Number.Length > 40 || order.Number.Contains('\0', StringComparison.Ordinal)) return PoolRefusals.MoveUnknown with { Kind = RefusalKind.Invalid };
        if (order.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount <= Fen.Zero) return PoolRefusals.AmountInvalid;
        if (!CountyDesk.IsDay(order.ArrivedOn, calendar, out var arrivedOn)) return PoolRefusals.DayInvalid.At("arrived_on");
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        if ((await FundArrival.Read(connection, transaction, "WHERE bank_reference = $1", cancellation, order.BankReference!)).SingleOrDefault() is { } before)
            return before.AmountFen == amount.Value && before.ArrivedOn == arrivedOn && (before.Number == order.Number || before.ResolvedBy.Count > 0) ? before : PoolRefusals.ReferenceUsed;
        var move = await FundMove.Find(connection, transaction, order.Number, cancellation);
        if (move is not null && move.People.Any(p => TwoPeople.AreOne(p, order.ConfirmedBy))) return TwoPeople.SamePerson.At("confirmed_by");
        var finding = FundArrival.Judge(move, amount.Value);
        var arrival = new FundArrival(order.BankReference!, order.Number, amount.Value, arrivedOn, order.ConfirmedBy!.Trim(), FundArrival.Unmatched, finding, [], "");
        if (finding.Length == 0) arrival = await arrival.Match(connection, transaction, place.Tenant, head, move!, inSuspense: false, calendar, cancellation);
        else await arrival.Suspend(connection, transaction, place.Tenant, head, calendar, cancellation);
        await transaction.CommitAsync(cancellation);
        return arrival;
    }
}
