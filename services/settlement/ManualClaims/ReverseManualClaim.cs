using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>
/// Takes a settled bill back, by two people: the journal reverses it as any settlement. Before its money was paid nothing is owed any more; after that it is a recovery (追回), asked for as
/// such: the person owes what was paid, and lists net it with what he gets.
/// </summary>
internal static class ReverseManualClaim
{
    internal sealed record Order(string? Reviewer, string? Approver, string? Reason);

    // kind: what corrections owe is on lists of its own accord
    private const string Lists = """
        SELECT coalesce(bool_or(l.state = 'paid'), false), coalesce(bool_or(l.state <> 'paid'), false)
        FROM person_benefit b JOIN payment_list_benefit p ON p.benefit_no = b.benefit_no AND NOT p.withdrawn JOIN payment_list l ON l.number = p.number WHERE b.setl_id = $1 AND b.kind = 'manual'
        """;

    public static Task<Outcome<ManualClaim>> Reverse(RunPlace place, long number, Order order, DateTimeOffset now, CancellationToken cancellation) => Execute(place, number, order, paid: false, now, cancellation);

    public static Task<Outcome<ManualClaim>> Recover(RunPlace place, long number, Order order, DateTimeOffset now, CancellationToken cancellation) => Execute(place, number, order, paid: true, now, cancellation);

    /// <summary>In order: who, the reason, the claim, done before by the same people, the state, its money on a list, paid or not; then as the journal reverses.</summary>
    private static async Task<Outcome<ManualClaim>> Execute(RunPlace place, long number, Order order, bool paid, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.Reviewer, "reviewer", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsReason(order.Reason)) return Refusals.RunReasonInvalid;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // No list is made until the reversal is in the tables.
        await PreparePaymentList.AloneWithLists(connection, transaction, cancellation);
        if (await ManualClaim.Lock(connection, transaction, number, cancellation) is not { } claim) return ManualRefusals.Unknown;
        if (claim.State == ManualClaim.Reversed && TwoPeople.AreOne(claim.EndedBy, order.Reviewer) && TwoPeople.AreOne(claim.EndedWith, order.Approver)) return claim;
        if (claim.State != ManualClaim.Settled) return ManualRefusals.NotInState;
        var (isPaid, isListed) = await OnLists(connection, transaction, claim.SetlId, cancellation);
        if (isListed) return ManualRefusals.OnPaymentList;
        if (isPaid && !paid) return ManualRefusals.Paid;
        if (!isPaid && paid) return ManualRefusals.NotPaid;
        var reversed = await Submit(place, claim, cancellation);
        if (reversed.Refusal is { } refusal) return refusal;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } late) return late;
        await ManualClaim.Step(connection, transaction, number, "state = $2, ended_by = $3, ended_with = $4, ended_at = $5, reason = $6, reversal_setl_id = $7", cancellation,
            ManualClaim.Reversed, order.Reviewer!.Trim(), order.Approver!.Trim(), now.ToUniversalTime(), order.Reason!, reversed.Value.Record.ReversedClaim.SetlId);
        await ManualClaim.ReleaseInvoices(connection, transaction, number, cancellation);
        await transaction.CommitAsync(cancellation);
        return (await ManualClaim.Find(place, number, cancellation))!;
    }

    private static async Task<(bool IsPaid, bool IsListed)> OnLists(NpgsqlConnection connection, NpgsqlTransaction transaction, string setlId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Lists, connection, transaction) { Parameters = { new NpgsqlParameter<string> { TypedValue = setlId } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }

    private static async Task<Outcome<Committed>> Submit(RunPlace place, ManualClaim claim, CancellationToken cancellation)
    {
        var request = new ReverseSettlementRequest
        {
            Key = new RequestKey { Sender = PaperClaim.Sender, MessageId = ManualClaim.NumberOf(place.Tenant.Code, claim.Number) + "-R", Transaction = PaperClaim.Sender, ContentHash = JournalCommand.ContentHashOf(claim.SetlId) },
            FixmedinsCode = PaperClaim.DeskOf(place.Tenant.Code),
            SetlId = claim.SetlId,
            PsnNo = claim.Bill.PsnNo,
        };
        if (await ReverseSettlement.Complete(request, place.Journal, place.Database, cancellation) is { } unknown) return unknown;
        return await place.Journal.Submit(ReverseSettlement.Command(request), cancellation);
    }
}
