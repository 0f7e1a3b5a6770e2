using MedInsure.Kernel;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>A reviewer rejects a bill, or the person takes it back: before it is approved. Its invoices are free again.</summary>
internal static class EndManualClaim
{
    internal sealed record Order(string? By, string? Reason);

    public static Task<Outcome<ManualClaim>> Reject(RunPlace place, long number, Order order, DateTimeOffset now, CancellationToken cancellation) => Execute(place, number, order, ManualClaim.Rejected, now, cancellation);

    public static Task<Outcome<ManualClaim>> Withdraw(RunPlace place, long number, Order order, DateTimeOffset now, CancellationToken cancellation) => Execute(place, number, order, ManualClaim.Withdrawn, now, cancellation);

    /// <summary>In order: who, the reason, the claim, ended so before by the same person, the state.</summary>
    private static async Task<Outcome<ManualClaim>> Execute(RunPlace place, long number, Order order, string to, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.By, "by") is { } nobody) return nobody;
        if (!CountyDesk.IsReason(order.Reason)) return Refusals.RunReasonInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ManualClaim.Lock(connection, transaction, number, cancellation) is not { } claim) return ManualRefusals.Unknown;
        if (claim.State == to && TwoPeople.AreOne(claim.EndedBy, order.By)) return claim;
        if (claim.State is not (ManualClaim.Entered or ManualClaim.FirstReviewed or ManualClaim.SecondReviewed)) return ManualRefusals.NotInState;
        await ManualClaim.Step(connection, transaction, number, "state = $2, ended_by = $3, ended_at = $4, reason = $5", cancellation, to, order.By!.Trim(), now.ToUniversalTime(), order.Reason!);
        await ManualClaim.ReleaseInvoices(connection, transaction, number, cancellation);
        await transaction.CommitAsync(cancellation);
        return (await ManualClaim.Find(place, number, cancellation))!;
    }
}
