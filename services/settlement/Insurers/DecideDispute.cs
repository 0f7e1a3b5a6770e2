using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// The agency decides a dispute: one reviews, another approves. The stream tells it in the same transaction. A claim taken back meanwhile costs the insurer
/// nothing any more: its dispute can only be rejected (or withdrawn).
/// </summary>
internal static class DecideDispute
{
    /// <param name="Outcome">upheld or rejected.</param>
    /// <param name="Adjusted">Yuan; when upheld, more than nothing and at most what is disputed.</param>
    /// <param name="Text">The agency's reasons.</param>
    internal sealed record Decision(string? Outcome, decimal? Adjusted, string? Text, string? Reviewer, string? Approver);

    public static async Task<Outcome<DisputeRow>> Execute(NpgsqlDataSource city, InsurerContract contract, string disputeNo, Decision decision, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Check(decision.Reviewer, "reviewer", decision.Approver) is { } unfit) return unfit;
        DisputeState? state = decision.Outcome switch { "upheld" => DisputeState.Upheld, "rejected" => DisputeState.Rejected, _ => null };
        if (state is null) return Refusals.DisputeOutcomeInvalid;
        if (!DisputeRow.IsText(decision.Text)) return Refusals.DisputeReasonMissing.At("text");
        if (!Yuan.TryRead(decision.Adjusted ?? 0, out var adjusted) || (state == DisputeState.Upheld ? adjusted <= Fen.Zero : !adjusted.IsZero)) return Refusals.DisputeAmountInvalid.At("adjusted");
        if (!DisputeRow.IsNumber(disputeNo)) return Refusals.DisputeUnknown;

        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if (await DisputeRow.Find(connection, contract.Number, disputeNo, cancellation) is not { } row) return Refusals.DisputeUnknown;
        var dispute = row.Dispute;
        if (dispute.State == DisputeState.Withdrawn) return Refusals.DisputeWithdrawn;
        if (dispute.State != DisputeState.Open)
        {
            var same = dispute.State == state && dispute.AdjustedFen == adjusted.Value && dispute.Outcome == decision.Text && row.Reviewer == decision.Reviewer && row.Approver == decision.Approver;
            return same ? row : Refusals.DisputeDecided;
        }
        if (adjusted.Value > dispute.DisputedFen) return Refusals.DisputeAmountInvalid.At("adjusted");
        var claim = await ClaimChain.Read(connection, contract.Number, dispute.SetlId, cancellation) ?? throw new InvalidOperationException($"dispute {disputeNo} of {contract.Number} has no claim {dispute.SetlId}");
        if (state == DisputeState.Upheld && !claim.Stands) return Refusals.DisputedClaimReversed;

        (dispute.State, dispute.DecidedAtMs, dispute.AdjustedFen, dispute.Outcome) = (state.Value, now.ToUnixTimeMilliseconds(), adjusted.Value, decision.Text);
        row = row with { Reviewer = decision.Reviewer!, Approver = decision.Approver! };
        await DisputeRow.End(connection, row, cancellation);
        var last = await InsurerFeed.Lock(connection, transaction, contract.Number, cancellation);
        await InsurerFeed.Append(connection, transaction, contract.Number, last, [EventOf(claim.Named, dispute)], cancellation);
        await transaction.CommitAsync(cancellation);
        return row;
    }

    /// <summary>Says whose claim it was; the claim's own amounts were told already.</summary>
    private static ClaimEvent EventOf(ClaimEvent claim, Dispute dispute) => new()
    {
        Kind = ClaimEventKind.DisputeDecided,
        DisputeNo = dispute.DisputeNo,
        InsurerFen = -dispute.AdjustedFen,
        SettledAtMs = dispute.DecidedAtMs,
        SetlId = claim.SetlId,
        County = claim.County,
        ProviderCode = claim.ProviderCode,
        ProviderCounty = claim.ProviderCounty,
        ProviderLevel = claim.ProviderLevel,
        PersonKey = claim.PersonKey,
        Insutype = claim.Insutype,
        MedType = claim.MedType,
        PolicyOn = claim.PolicyOn,
    };
}
