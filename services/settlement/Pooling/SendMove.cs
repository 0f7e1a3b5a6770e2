using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>A second person releases a proposed transfer, which the bank carried out: it is booked here, and the other side hears of it.</summary>
internal static class SendMove
{
    /// <param name="SentOn">yyyy-MM-dd, not in the future.</param>
    /// <param name="Amount">Yuan; must be the transfer's.</param>
    internal sealed record Order(string? Approver, string? BankReference, string? SentOn, decimal? Amount);

    /// <summary>In order: who, the reference, the day, the transfer, a second person, sent before by the same message, its state, the amount, what the accounts hold.</summary>
    public static async Task<Outcome<FundMove>> Execute(LedgerPlace place, string number, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.Approver, "approver") is { } nobody) return nobody;
        if (!CountyDesk.IsReference(order.BankReference)) return PoolRefusals.ReferenceMissing;
        if (!CountyDesk.IsDay(order.SentOn, calendar, out var sentOn)) return PoolRefusals.DayInvalid.At("sent_on");
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        if (await FundMove.Find(connection, transaction, number, cancellation) is not { Own: true } move) return PoolRefusals.MoveUnknown;
        // What went by standing order nobody proposed or sent.
        if (move.People is [var proposer, ..] && TwoPeople.AreOne(proposer, order.Approver)) return TwoPeople.SamePerson;
        if (move.State is FundMove.Sent or FundMove.Arrived && move.BankReference == order.BankReference && move.MovedOn == sentOn && move.People is [_, var sender, ..] && TwoPeople.AreOne(sender, order.Approver)) return move;
        if (move.State != FundMove.Proposed) return PoolRefusals.MoveNotInState;
        if (order.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount.Value != move.AmountFen) return PoolRefusals.AmountMismatch;
        if (await Short(connection, transaction, place, move, cancellation) is { } missing) return missing;
        try
        {
            move = await (move with { People = [.. move.People, order.Approver!.Trim()], BankReference = order.BankReference!, MovedOn = sentOn })
                .Book(connection, transaction, place.Tenant, head, sentOn, FundMove.Sent, calendar, cancellation);
        }
        catch (PostgresException e) when (e.ConstraintName == "a_bank_reference_sends_one_move") { return PoolRefusals.ReferenceUsed; }
        await FundMove.Tell(connection, transaction, number, move.Event, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return move;
    }

    /// <summary>No account that gives the money may fall below zero by it.</summary>
    private static async Task<Refusal?> Short(NpgsqlConnection connection, NpgsqlTransaction transaction, LedgerPlace place, FundMove move, CancellationToken cancellation)
    {
        string[] purposes = [LedgerPurposes.RevenueAccount, LedgerPurposes.FiscalAccount, LedgerPurposes.SubAccount];
        var sums = await AccountSums.Read(connection, transaction, purposes, cancellation);
        foreach (var entry in move.Entries(place.Tenant).Where(e => purposes.Contains(e.Account.Purpose)))
        {
            var after = sums.GetValueOrDefault(entry.Account) + entry.AmountFen;
            if (entry.Account.Purpose == LedgerPurposes.SubAccount ? entry.AmountFen > 0 && after > 0 : entry.AmountFen < 0 && after < 0)
                return entry.Account.Purpose == LedgerPurposes.SubAccount ? PoolRefusals.SubAccountShort : place.Tenant.IsCity ? PoolRefusals.FiscalShort : PoolRefusals.AccountShort;
        }
        return null;
    }
}
