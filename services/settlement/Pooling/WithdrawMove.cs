using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>A proposed transfer is not carried out; once it is sent, only a transfer back undoes it.</summary>
internal static class WithdrawMove
{
    internal sealed record Order(string? WithdrawnBy);

    public static async Task<Outcome<FundMove>> Execute(LedgerPlace place, string number, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.WithdrawnBy, "withdrawn_by") is { } nobody) return nobody;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        if (await FundMove.Find(connection, transaction, number, cancellation) is not { Own: true } move) return PoolRefusals.MoveUnknown;
        if (move.State == FundMove.Withdrawn) return move;
        if (move.State != FundMove.Proposed) return PoolRefusals.MoveNotInState;
        move = move with { State = FundMove.Withdrawn, People = [.. move.People, order.WithdrawnBy!.Trim()] };
        await move.Keep(connection, transaction, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return move;
    }
}
