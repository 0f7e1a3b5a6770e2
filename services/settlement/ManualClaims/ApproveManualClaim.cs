using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>
/// Approves a bill by what the funds pay of it, and settles it in the journal. The approval is durable first; the journal then settles under the bill's number, once: whatever breaks between,
/// the same approval again goes on. Refused by the journal, the bill is back where it was.
/// </summary>
internal static class ApproveManualClaim
{
    /// <param name="Amount">Yuan: all funds together, as the approver saw it.</param>
    internal sealed record Approval(string? Approver, decimal? Amount);

    /// <summary>In order: who, the amount's form, the claim, settled before by the same approval, the state, another person; then as the window settles: an invoice or the visit settled there since, all that
    /// settling refuses, another payer, the amount.</summary>
    public static async Task<Outcome<ManualClaim>> Execute(RunPlace place, long number, Approval approval, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(approval.Approver, "approver") is { } nobody) return nobody;
        if (approval.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount)) return ManualRefusals.AmountChanged;
        if (await Mark(place, number, approval.Approver!, amount, now, cancellation) is { } unfit) return unfit;

        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var claim = (await ManualClaim.Lock(connection, transaction, number, cancellation))!;
        if (claim.State == ManualClaim.Settled) return claim; // the same message twice at once
        if (claim.State != ManualClaim.Approved) return ManualRefusals.NotInState;
        var settled = await Settle(place, claim, cancellation);
        if (settled.Refusal is { } refusal)
        {
            if (refusal.Kind == RefusalKind.Unavailable) return refusal; // it may be settled: the same approval again will tell
            await ManualClaim.Step(connection, transaction, number, "state = $2, approved_by = '', approved_at = NULL, fund_total_fen = NULL", cancellation, ManualClaim.SecondReviewed);
            await transaction.CommitAsync(cancellation);
            return refusal;
        }
        await ManualClaim.Step(connection, transaction, number, "state = $2, setl_id = $3", cancellation, ManualClaim.Settled, settled.Value.Record.SettledClaim.SetlId);
        await transaction.CommitAsync(cancellation);
        return (await ManualClaim.Find(place, number, cancellation))!;
    }

    private static async Task<Refusal?> Mark(RunPlace place, long number, string approver, Fen amount, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ManualClaim.Lock(connection, transaction, number, cancellation) is not { } claim) return ManualRefusals.Unknown;
        if (claim.State is ManualClaim.Approved or ManualClaim.Settled && TwoPeople.AreOne(claim.ApprovedBy, approver)) return claim.FundTotalFen == amount.Value ? null : ManualRefusals.AmountChanged;
        if (claim.State != ManualClaim.SecondReviewed) return ManualRefusals.NotInState;
        if (TwoPeople.Another(approver, "approver", claim.ActedBefore) is { } same) return same;
        await ManualClaim.Step(connection, transaction, number, "state = $2, approved_by = $3, approved_at = $4, fund_total_fen = $5", cancellation, ManualClaim.Approved, approver.Trim(), now.ToUniversalTime(), amount.Value);
        await transaction.CommitAsync(cancellation);
        return null;
    }

    private static async Task<Outcome<Committed>> Settle(RunPlace place, ManualClaim claim, CancellationToken cancellation)
    {
        var claimNo = ManualClaim.NumberOf(place.Tenant.Code, claim.Number);
        // What is settled already is not looked at again.
        if ((await place.Journal.FindRequest(PaperClaim.Sender, claimNo, cancellation)).Request is null)
        {
            if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
            if (await DuplicateBills.AtWindow(place, claim.Bill, cancellation) is { } duplicate) return duplicate;
        }
        return await place.Journal.Submit(PaperClaim.Settle(place.Tenant.Code, claimNo, claim.Bill, claim.FundTotalFen!.Value), cancellation);
    }
}
